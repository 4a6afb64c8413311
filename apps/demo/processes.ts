import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Running {
  /** Ends it politely. */
  stop(): Promise<void>
  /** Pulls the plug: no goodbye. */
  kill(): Promise<void>
}

/**
 * Starts a program of this house as a process of its own.
 * @param onEnd it ended although nobody asked it to
 */
export function start(
  script: string,
  cwd: string,
  settings: Record<string, string>,
  onLine: (line: string) => void,
  onEnd: (code: number | null) => void,
): Running {
  const child = spawn(process.execPath, [script], {
    cwd,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group: Ctrl-C reaches the demo alone, which then stops everyone in order.
    detached: true,
  })
  let asked = false
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
  child.once('exit', (code) => {
    if (!asked) onEnd(code)
  })
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    asked = true
    await endWith(child, signal)
  }
  return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function endWith(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  const plug = setTimeout(() => child.kill('SIGKILL'), 8000)
  await exited
  clearTimeout(plug)
}
