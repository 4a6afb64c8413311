import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import { readEnv, setEnv } from '@hearthwatch/settings'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { freePort } from '@hearthwatch/testhouse/ports'
import { runSetup } from '../apps/cli/command.ts'
import { root } from './imports.ts'

describe('A house whose broker requires client certificates', () => {
  it('stores the readings of a real sensor with the files of setup, which sends no password', async (t) => {
    const port = await freePort()
    const house = await startTestMonitor({ BROKER_CLIENT_CERTIFICATES: 'required', BROKER_TLS_PORT: `${port}` })
    t.after(() => house.close())
    await writeFile(join(house.folder, '.env'), `BROKER_CLIENT_CERTIFICATES=required\nBROKER_TLS_PORT=${port}\n`)
    const out = join(house.folder, 'pi')
    await mkdir(out)
    const args = ['sensor', 'add', 'kitchen', '--id', 'pi-1', '--here', '--broker', `mqtts://127.0.0.1:${port}`, '--out', out]
    const { code, output, errors } = await runSetup(['--dir', house.folder, ...args])
    assert.deepEqual([code, errors], [0, ''])
    const settings = await readFile(join(out, '.env.sensor'), 'utf8')
    assert.ok(!output.includes(readEnv(settings).MQTT_PASSWORD ?? ''))
    await writeFile(join(out, '.env.sensor'), setEnv(settings, 'MQTT_PASSWORD', 'another'))

    const sensor = spawn(process.execPath, [join(root, 'apps/sensor/main.ts')], {
      cwd: out,
      env: { ...process.env, PROBE: 'simulated', READ_INTERVAL: '0.05', BATCH_INTERVAL: '0.1' },
      stdio: 'ignore',
    })
    t.after(async () => {
      sensor.kill()
      await once(sensor, 'exit')
    })
    await eventually(() => house.rows("SELECT value FROM readings WHERE room = 'kitchen' AND device = 'pi-1'").length > 0)
    const devices = await house.get<Device[]>('/api/devices')
    assert.deepEqual(
      devices.map(({ id, room, status }) => ({ id, room, status })),
      [{ id: 'pi-1', room: 'kitchen', status: 'online' }],
    )
  })
})
