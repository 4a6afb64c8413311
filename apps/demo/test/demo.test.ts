import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

function demo(...args: string[]) {
  return spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function outcome(child: ReturnType<typeof demo>) {
  const [out, error, [code]] = await Promise.all([
    Array.fromAsync(child.stdout, String),
    Array.fromAsync(child.stderr, String),
    once(child, 'exit'),
  ])
  return { code, out: out.join(''), error: error.join('') }
}

/** Listens on a port that the demo prefers, unless another program does already. */
async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening').catch(() => {})
  return server
}

describe('the demo', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('demo --once plays the whole story, uses other ports if the default ones are in use, and stores the mails', async () => {
    const busy = await Promise.all([1883, 8080, 1025].map(occupy))
    const { code, out, error } = await outcome(demo('--once', '--language', 'zh', '--data', folder))
    for (const server of busy) server.close()
    assert.equal(error, '')
    assert.equal(code, 0, out)
    for (const port of [1883, 8080, 1025]) assert.match(out, new RegExp(`連接埠 ${port} 已被占用`))
    assert.ok((await readdir(join(folder, 'mails'))).length >= 3)
  })

  it('SIGTERM stops the demo cleanly in the middle of the story', async () => {
    const child = demo('--data', join(folder, 'stopped'))
    for await (const text of child.stdout) if (String(text).includes('Mails and database')) break
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  it('the demo prints help with --help, and exits with 2 for an unknown option', async () => {
    assert.deepEqual((await outcome(demo('--help'))).code, 0)
    const wrong = await outcome(demo('--twice'))
    assert.equal(wrong.code, 2)
    assert.match(wrong.error, /--twice/)
  })
})
