import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Result {
  code: number
  out: string
  error: string
  /** The last line of `out`. */
  last: string
}

/** Runs a TypeScript file with Node in a folder, without input, until it ends. */
export async function runFile(file: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Result> {
  const child = spawn(process.execPath, [file, ...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, error, [code]] = await Promise.all([
    Array.fromAsync(child.stdout, String),
    Array.fromAsync(child.stderr, String),
    once(child, 'exit'),
  ])
  const text = out.join('').trim()
  return { code, out: text, error: error.join('').trim(), last: text.split('\n').at(-1) ?? '' }
}
