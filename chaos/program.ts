import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inherited } from './environment.ts'

/** A program of the house as a process of its own, under a supervisor like systemd: what ends by itself is started again. */
export interface Program {
  readonly name: string
  /** Times that it ended although nobody ended it, each with its last words. */
  readonly accidents: string[]
  start(settings?: Record<string, string>): void
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  /** Politely. @returns whether it went in time and with 0 */
  stop(): Promise<boolean>
  /** SIGSTOP; when it returns the process does nothing any more. */
  freeze(): void
  thaw(): void
  /** ms by which its clock is off; survives restarts, as a wrongly set clock does. */
  clockOffset: number
}

const restartAfter = 1000
const patience = 10_000
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface ProgramOptions {
  name: string
  script: string
  args?: string[]
  cwd: string
  settings: Record<string, string>
  logFile: string
}

export function createProgram({ name, script, args = [], cwd, settings, logFile }: ProgramOptions): Program {
  const accidents: string[] = []
  let child: ChildProcess | undefined
  let wanted = false
  let again: NodeJS.Timeout | undefined
  let offset = 0
  let current = settings

  function start(other?: Record<string, string>): void {
    clearTimeout(again)
    if (other !== undefined) current = { ...settings, ...other }
    if (child !== undefined) return
    wanted = true
    const log = openSync(logFile, 'a')
    const from = statSync(logFile).size
    const started = fork(script, args, {
      cwd,
      execArgv: ['--import', join(import.meta.dirname, 'clock.ts')],
      env: { ...inherited, CLOCK_OFFSET: String(offset), ...current },
      stdio: ['ignore', log, log, 'ipc'],
      // Ctrl-C is for us: we then stop everyone in order.
      detached: true,
    })
    closeSync(log)
    child = started
    running.add(started)
    // A channel that broke because the other side was killed.
    started.on('error', () => {})
    started.once('exit', (code, signal) => {
      running.delete(started)
      if (child === started) child = undefined
      if (!wanted) return
      accidents.push(`${name} ended with ${signal ?? code}: ${lastWords(logFile, from)}`)
      again = setTimeout(() => start(), restartAfter)
    })
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    wanted = false
    clearTimeout(again)
    const ending = child
    if (ending === undefined) return 0
    const gone = once(ending, 'exit')
    ending.kill(signal)
    ending.kill('SIGCONT')
    const plug = setTimeout(() => ending.kill('SIGKILL'), patience)
    await gone
    clearTimeout(plug)
    return ending.exitCode
  }

  return {
    name,
    accidents,
    start,
    async kill() {
      await end('SIGKILL')
    },
    stop: async () => (await end('SIGTERM')) === 0,
    freeze() {
      if (child?.kill('SIGSTOP')) untilStopped(child.pid ?? 0)
    },
    thaw: () => void child?.kill('SIGCONT'),
    get clockOffset() {
      return offset
    },
    set clockOffset(ms) {
      offset = ms
      child?.send({ clockOffset: ms }, () => {})
    },
  }
}

/** The signal is sent, but the process may run on for a moment on another core. */
function untilStopped(pid: number): void {
  for (let tries = 0; tries < 100_000; tries++) {
    try {
      if (/\) [TZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return
    } catch {
      return
    }
  }
}

function lastWords(logFile: string, from: number): string {
  const lines = readFileSync(logFile).subarray(from).toString().trim().split('\n')
  return lines.slice(-12).join('\n').slice(-1500)
}
