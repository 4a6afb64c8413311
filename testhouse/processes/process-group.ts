import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program that starts others, with all of them in one process group. */
export interface ProcessGroup {
  /** Standard output and error of all runs until now. */
  output(): string
  isRunning(): boolean
  start(): void
  /** Sends a signal to all processes of the group. */
  signal(signal: NodeJS.Signals): void
  /** Ends it and waits for its end. A frozen one is resumed. @param signal default SIGKILL */
  end(signal?: NodeJS.Signals): Promise<void>
}

const groups = new Set<ChildProcess>()
const endAll = () => {
  for (const child of groups) send(child, 'SIGKILL')
}
process.once('exit', endAll)
// A group of its own does not get the Ctrl-C of the terminal, nor the signal by which a test is ended.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    // Another listener ends this process in order.
    if (process.listenerCount(signal) > 0) return
    endAll()
    process.kill(process.pid, signal)
  })

/** Describes a program; `start` starts it. It is killed when this process exits. */
export function createProcessGroup(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ProcessGroup {
  let child: ChildProcess | undefined
  let output = ''
  return {
    output: () => output,
    isRunning: () => child !== undefined,
    start() {
      if (child !== undefined) return
      const started = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
      child = started
      groups.add(started)
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString()
        })
      started.once('error', (error) => {
        output += `${error.message}\n`
      })
      started.once('close', () => {
        groups.delete(started)
        if (child === started) child = undefined
      })
    },
    signal(signal) {
      if (child !== undefined) send(child, signal)
    },
    async end(signal = 'SIGKILL') {
      const ending = child
      if (ending === undefined) return
      const gone = once(ending, 'close')
      send(ending, signal)
      send(ending, 'SIGCONT')
      await gone
    },
  }
}

function send({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended already.
  }
}
