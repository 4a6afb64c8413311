import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@hearthwatch/testhouse/ports'
import { runSetup } from '../../apps/cli/command.ts'
import manifest from '../../package.json' with { type: 'json' }

export const root = join(import.meta.dirname, '..', '..')

/** The folder of a house of its own. */
export const dir = mkdtempSync(join(tmpdir(), 'operations-'))
export const inClone = (...path: string[]) => join(dir, ...path)
export const token = 'for programs'
export const ports = { broker: await freePort(), tls: await freePort(), page: await freePort() }
export const running = new Set<ChildProcess>()

/** Starts a script of package.json in the clone, with the arguments of a command. */
export function start(name: keyof typeof manifest.scripts, args: readonly string[] = [], env: Record<string, string> = {}) {
  const program = /node24\.js ((?!apps\/dashboard)\S+)$/.exec(manifest.scripts[name])?.[1] ?? ''
  const child = spawn(process.execPath, [join(root, 'node24.js'), join(root, program), ...args], {
    cwd: dir,
    env: { PATH: process.env.PATH, LANG: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return {
    output: () => output,
    ended: once(child, 'close') as Promise<[number]>,
    async stop() {
      child.kill('SIGTERM')
      return ((await once(child, 'close')) as [number])[0]
    },
  }
}

/** Runs a script to its end. @throws AssertionError unless it exits with the expected code */
export async function npm(name: keyof typeof manifest.scripts, args: readonly string[] = [], expected: number | null = 0): Promise<string> {
  const program = start(name, args)
  const [code] = await program.ended
  if (expected !== null) assert.equal(code, expected, `npm run ${name} -- ${args.join(' ')}\n${program.output()}`)
  return program.output()
}

/** Runs setup in this process, which is what its script does. */
export async function setup(...args: string[]): Promise<string> {
  const { code, output, errors } = await runSetup([...args, '--dir', dir])
  assert.deepEqual({ code, errors }, { code: 0, errors: '' })
  return output
}

export const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
export const ask = async <T>(path: string): Promise<T> =>
  (await (await fetch(`http://127.0.0.1:${ports.page}${path}`, { headers })).json()) as T
export const roomsThere = async () => (await ask<{ room: string }[]>('/api/rooms')).map(({ room }) => room)
export const devicesThere = () => ask<{ id: string | null }[]>('/api/devices')
