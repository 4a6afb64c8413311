import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Process {
  /** Stops it by SIGTERM. */
  stop(): Promise<void>
  /** Kills it by SIGKILL, like a power cut. */
  kill(): Promise<void>
}

/**
 * Starts a script of this repository in a process of its own.
 * @param onExit the process ended without `stop` or `kill`
 */
export function startProcess(
  script: string,
  cwd: string,
  settings: Record<string, string>,
  onLine: (line: string) => void,
  onExit: (code: number | null) => void,
): Process {
  const child = spawn(process.execPath, [script], {
    cwd,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group: Ctrl-C signals only the demo, which then stops its processes in order.
    detached: true,
  })
  let stopping = false
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
  child.once('exit', (code) => {
    if (!stopping) onExit(code)
  })
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    stopping = true
    await endWith(child, signal)
  }
  return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function endWith(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), 8000)
  await exited
  clearTimeout(timer)
}
