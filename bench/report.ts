/** Where a bench stands, for whoever waits: one line that is written over on a terminal. */
export function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
}

/** The result in the middle, by one of its numbers. @throws Error where there is none */
export function median<T>(results: readonly T[], by: (result: T) => number): T {
  const middle = [...results].sort((a, b) => by(a) - by(b))[Math.floor(results.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}

/** A figure beside its limit: `4.1 (at most 6)`, and by how much it is missed. */
export function against(figure: number, limit: number, wanted: 'at least' | 'at most', digits: number): string {
  const missed = wanted === 'at least' ? figure < limit : figure > limit
  const by = Math.round(Math.abs(figure / limit - 1) * 100)
  return `${figure.toFixed(digits)} (${wanted} ${limit}: ${missed ? `MISSED by ${by} %` : 'kept'})`
}
