import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inherited } from './environment.ts'

/** A program under test in a process of its own. Like systemd, the test restarts it when it ends by itself. */
export type Program = ReturnType<typeof createProgram>

const restartAfter = 1000
const stopTimeout = 10_000
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

export function createProgram({ name, script, args = [], cwd, settings, logFile }: ProgramOptions) {
  const crashes: string[] = []
  let child: ChildProcess | undefined
  let ready: Promise<unknown> = Promise.resolve()
  let shouldRun = false
  let restartTimer: NodeJS.Timeout | undefined
  let offset = 0
  let current = settings

  function start(other?: Record<string, string>): void {
    clearTimeout(restartTimer)
    if (other !== undefined) current = { ...settings, ...other }
    if (child !== undefined) return
    shouldRun = true
    const log = openSync(logFile, 'a')
    const from = statSync(logFile).size
    const started = fork(script, args, {
      cwd,
      execArgv: ['--import', join(import.meta.dirname, 'clock.ts')],
      env: { ...inherited, CLOCK_OFFSET: String(offset), ...current },
      stdio: ['ignore', log, log, 'ipc'],
      // Ctrl-C signals only the test, which then stops its programs in order.
      detached: true,
    })
    closeSync(log)
    child = started
    running.add(started)
    // The channel breaks when the process is killed.
    started.on('error', () => {})
    ready = new Promise((resolve) => started.once('message', resolve).once('exit', resolve))
    started.once('exit', (code, signal) => {
      running.delete(started)
      if (child === started) child = undefined
      if (!shouldRun) return
      crashes.push(`${name} exited with ${signal ?? code}: ${lastLines(logFile, from)}`)
      restartTimer = setTimeout(() => start(), restartAfter)
    })
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    shouldRun = false
    clearTimeout(restartTimer)
    const ending = child
    if (ending === undefined) return 0
    const gone = once(ending, 'exit')
    ending.kill(signal)
    ending.kill('SIGCONT')
    const timer = setTimeout(() => ending.kill('SIGKILL'), stopTimeout)
    await gone
    clearTimeout(timer)
    return ending.exitCode
  }

  return {
    name,
    /** Id of its process; undefined while it does not run. */
    get pid(): number | undefined {
      return child?.pid
    },
    /** Descriptions of its unexpected exits, with its last log lines. */
    crashes,
    start,
    /** Waits until it has said that it runs and can be stopped, or has ended. */
    untilReady: async (): Promise<void> => void (await ready),
    /** Kills it by SIGKILL, and waits for its end. */
    async kill(): Promise<void> {
      await end('SIGKILL')
    },
    /** Stops it by SIGTERM. @returns true if it exited in time with code 0 */
    stop: async () => (await end('SIGTERM')) === 0,
    /** Stops its execution by SIGSTOP; returns when it has stopped. */
    freeze(): void {
      if (child?.kill('SIGSTOP')) untilStopped(child.pid ?? 0)
    },
    resume: () => void child?.kill('SIGCONT'),
    /** Offset of its clock in ms; it survives restarts. */
    get clockOffset(): number {
      return offset
    },
    set clockOffset(ms) {
      offset = ms
      child?.send({ clockOffset: ms }, () => {})
    },
  }
}

/** Waits until the process has stopped: after the signal it may run for a moment on another core. */
function untilStopped(pid: number): void {
  for (let tries = 0; tries < 100_000; tries++) {
    try {
      if (/\) [TZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return
    } catch {
      return
    }
  }
}

function lastLines(logFile: string, from: number): string {
  const lines = readFileSync(logFile).subarray(from).toString().trim().split('\n')
  return lines.slice(-12).join('\n').slice(-1500)
}
