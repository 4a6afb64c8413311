/** Prints the progress, on a terminal in one line that is overwritten. */
export function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
}

/** The median result by one of its numbers. @throws Error for an empty list */
export function median<T>(results: readonly T[], by: (result: T) => number): T {
  const middle = [...results].sort((a, b) => by(a) - by(b))[Math.floor(results.length / 2)]
  if (middle === undefined) throw new Error('no results')
  return middle
}

/** A figure with its target: `4.1 (at most 6: met)`, or the percentage by which the target is missed. */
export function against(figure: number, target: number, bound: 'at least' | 'at most', digits: number): string {
  const missed = bound === 'at least' ? figure < target : figure > target
  const by = Math.round(Math.abs(figure / target - 1) * 100)
  return `${figure.toFixed(digits)} (${bound} ${target}: ${missed ? `MISSED by ${by} %` : 'met'})`
}
