import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '../eventually.ts'

/** A program at a pseudo-terminal of its own, as a person has it before them. */
export interface Terminal {
  /** All output until now. */
  readonly screen: string
  /** Waits until a text that fits stands behind that of the last call. */
  sees(text: string | RegExp): Promise<void>
  /** Types a line and Enter; the key `\x03` is Ctrl-C. */
  type(line: string): void
  press(key: string): void
  /** @returns the exit code */
  ended(): Promise<number>
}

/** Starts a program through `script` of util-linux, which every Debian has. */
export function startAtTerminal(command: readonly string[], options: { cwd: string; env?: Record<string, string> }): Terminal {
  const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
    cwd: options.cwd,
    env: { ...process.env, TERM: 'dumb', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let screen = ''
  let read = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  return {
    get screen() {
      return screen
    },
    async sees(text) {
      const pattern = typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text
      const find = () => pattern.exec(screen.slice(read))
      await eventually(() => find() !== null || child.exitCode !== null)
      const found = find()
      if (found === null) throw new Error(`not on the screen: ${pattern}\n${screen}`)
      read += found.index + found[0].length
    },
    type: (line) => child.stdin.write(`${line}\r`),
    press: (key) => child.stdin.write(key),
    async ended() {
      await closed
      return child.exitCode ?? -1
    },
  }
}
