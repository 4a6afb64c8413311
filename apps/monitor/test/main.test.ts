import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

describe('npm start', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'monitor-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  async function start(env: Record<string, string>, ...args: string[]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HTTP_PORT: '0', BROKER_PORT: '0', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [text, [code]] = await Promise.all([Array.fromAsync(child.stderr, String), once(child, 'exit')])
    const error = text
      .join('')
      .split('\n')
      .filter((line) => line !== '' && !/^\d{4}-\d\d-\d\dT/.test(line))
    return { code, error }
  }

  it('prints one line if the access list is missing', async () => {
    const { code, error } = await start({})
    assert.equal(code, 1)
    assert.equal(error.length, 1, error.join('\n'))
    assert.match(error[0] ?? '', /^the access list cannot be read: .*acl/)
  })

  it('prints one line with the port and the settings if the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    mkdirSync(join(folder, 'mosquitto'), { recursive: true })
    writeFileSync(join(folder, 'mosquitto', 'acl'), '')
    const busy = await start({ BROKER_PORT: String(port) })
    taken.close()
    assert.equal(busy.code, 1)
    assert.equal(busy.error.length, 1, busy.error.join('\n'))
    assert.match(busy.error[0] ?? '', new RegExp(`port ${port} .*BROKER_PORT.*MQTT_URL`))
  })

  it('prints one line if the folder of the database cannot be created', async () => {
    for (const nowhere of ['/proc/nowhere/house.db', '/dev/null/house.db']) {
      const { code, error } = await start({ DATABASE_FILE: nowhere })
      assert.equal(code, 1)
      assert.equal(error.length, 1, error.join('\n'))
      assert.match(error[0] ?? '', /\/house\.db cannot be used/)
    }
  })

  it('exits with 2 for an unknown option', async () => {
    const { code, error } = await start({}, '--prot=1')
    assert.equal(code, 2)
    assert.match(error[0] ?? '', /--prot/)
  })
})
