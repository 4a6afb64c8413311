import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'

const main = join(import.meta.dirname, '..', 'main.ts')

describe('A sensor that systemd supervises', () => {
  const folder = mkdtempSync(join(tmpdir(), 'systemd-'))
  const received = join(folder, 'received')
  const messages = () => (existsSync(received) ? readFileSync(received, 'utf8').trim().split('\n') : [])

  before(() => {
    // A stand-in for systemd-notify, because PID 1 of a test machine is rarely systemd.
    const program = join(folder, 'systemd-notify')
    writeFileSync(program, `#!/bin/sh\necho "$@" >>'${received}'\n`)
    chmodSync(program, 0o755)
    mkdirSync(join(folder, 'credentials'))
    writeFileSync(join(folder, 'credentials', 'sensor.env'), 'ROOM=kitchen\nPROBE=simulated\nREAD_INTERVAL=0.05\n')
  })
  after(() => rmSync(folder, { recursive: true }))

  it('is ready and alive without its broker, and takes its settings from the credential', async () => {
    const child = spawn(process.execPath, [main], {
      cwd: folder,
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        MQTT_URL: 'mqtt://127.0.0.1:1',
        SENSOR_ID: 'pi-1',
        NOTIFY_SOCKET: '/run/systemd/notify',
        WATCHDOG_USEC: '100000',
        CREDENTIALS_DIRECTORY: join(folder, 'credentials'),
      },
      stdio: 'ignore',
    })
    try {
      await eventually(() => messages().includes('READY=1') && messages().filter((one) => one === 'WATCHDOG=1').length >= 2, 60_000)
      child.kill('SIGTERM')
      assert.deepEqual(await once(child, 'exit'), [0, null])
      assert.ok(await eventually(() => messages().includes('STOPPING=1')))
    } finally {
      child.kill('SIGKILL')
    }
  })
})
