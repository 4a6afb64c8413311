/** Shows how far a long step is: a bar on a terminal, else a line at its start and its end. */
export interface Progress {
  step(name: string, share: number): void
  /** A sentence of its own. */
  say(text: string): void
}

const width = 30

/** @param now ms of a steady clock */
export function showProgress(output: NodeJS.WriteStream, now: () => number = () => performance.now()): Progress {
  let current = ''
  let drawn = 0
  const finish = () => {
    if (current !== '' && output.isTTY) output.write('\n')
    current = ''
  }
  return {
    step(name, share) {
      const isNew = name !== current
      if (isNew) finish()
      current = name
      const isEnd = share >= 1
      if (!output.isTTY) {
        if (isNew && !isEnd) output.write(`${name} …\n`)
        if (isEnd) output.write(`${name}: 100 %\n`)
      } else if (isNew || isEnd || now() - drawn > 100) {
        drawn = now()
        const full = Math.round(share * width)
        output.write(`\r${name} [${'#'.repeat(full)}${'.'.repeat(width - full)}] ${String(Math.round(share * 100)).padStart(3)} %\x1b[K`)
      }
      if (isEnd) finish()
    },
    say(text) {
      finish()
      output.write(`${text}\n`)
    },
  }
}
