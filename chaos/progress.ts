import type { WriteStream } from 'node:tty'

/** Prints the progress: a bar on a terminal, otherwise lines. */
export type Progress = ReturnType<typeof createProgress>

const width = 30
/** Percent between two lines. */
const step = 10

export function createProgress(to: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>) {
  let printed = -step
  return {
    /** @param done from 0 to 1 */
    show(done: number, what: string): void {
      const percent = Math.floor(done * 100)
      if (to.isTTY) {
        const filled = Math.round(done * width)
        to.write(`\r\u001b[K${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(percent).padStart(3)} % ${what}`)
      } else if (percent >= printed + step || done === 1) {
        printed = percent
        to.write(`${percent} % ${what}\n`)
      }
    },
    clear(): void {
      if (to.isTTY) to.write('\r\u001b[K')
    },
  }
}
