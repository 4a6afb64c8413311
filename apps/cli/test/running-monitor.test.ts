import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readEnv } from '@hearthwatch/settings'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import type { MqttClient } from 'mqtt'
import { runSetup } from '../command.ts'
import type { SensorResult } from '../sensor/result.ts'

describe('setup sensor beside a running monitor with its embedded broker', () => {
  let monitor: TestMonitor
  before(async () => {
    monitor = await startTestMonitor({ DASHBOARD_PASSWORD: 'page' })
    await writeFile(join(monitor.folder, '.env'), `HTTP_PORT=${new URL(monitor.url).port}\nDASHBOARD_PASSWORD=page\n`)
    await setup('add', 'kitchen', '--id', 'pi-1', '--here')
  })
  after(() => monitor.close())

  const setup = async (...args: string[]) => {
    const { code, output, errors } = await runSetup(['--dir', monitor.folder, 'sensor', ...args, '--json'])
    assert.deepEqual({ code, errors }, { code: 0, errors: '' })
    return JSON.parse(output) as SensorResult
  }
  const connect = async (): Promise<MqttClient> => {
    const { MQTT_PASSWORD = '' } = readEnv(await readFile(join(monitor.folder, '.env.sensor.pi-1'), 'utf8'))
    return eventually(() => monitor.client({ username: 'pi-1', password: MQTT_PASSWORD }).catch(() => undefined))
  }
  const rooms = () => monitor.rows<{ room: string | null }>("SELECT room FROM device WHERE id = 'pi-1'").map(({ room }) => room)

  it('an added sensor logs in without a restart, and a new password closes its connection', async () => {
    const client = await connect()
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    await setup('rotate', 'pi-1')
    await closed
  })

  it('a list has the names of rooms on the page beside their names in MQTT', async () => {
    const client = await connect()
    const info = { id: 'pi-1', room: 'kitchen', readings: [{ key: 'temperature', topic: 'home/kitchen/temperature' }] }
    await client.publishAsync('device/pi-1/info', JSON.stringify(info), { qos: 1, retain: true })
    await eventually(() => rooms().includes('kitchen'))
    const headers = { 'content-type': 'application/json' }
    const session = await fetch(new URL('/api/session', monitor.url), { method: 'POST', headers, body: '{"password":"page"}' })
    const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const body = JSON.stringify({ name: '廚房' })
    const put = await fetch(new URL('/api/labels/kitchen', monitor.url), { method: 'PUT', headers: { ...headers, cookie }, body })
    assert.equal(put.status, 200)
    assert.deepEqual((await setup('list')).sensors, [{ id: 'pi-1', room: 'kitchen', name: '廚房' }])
    const { output } = await runSetup(['--dir', monitor.folder, 'sensor', 'list'])
    assert.match(output, /pi-1 +廚房 \(kitchen\)\n/)
    client.end()
  })

  it('a moved sensor has its new room at the monitor', async () => {
    const client = await connect()
    const info = { id: 'pi-1', room: 'kitchen', readings: [{ key: 'temperature', topic: 'home/kitchen/temperature' }] }
    await client.publishAsync('device/pi-1/info', JSON.stringify(info), { qos: 1, retain: true })
    await eventually(() => rooms().includes('kitchen'))
    assert.equal((await setup('move', 'pi-1', 'attic')).monitor, 'told')
    await eventually(() => rooms().includes('attic'))
    client.end()
  })

  it('a removed sensor is disconnected and forgotten, and its retained topics are cleared', async () => {
    const client = await connect()
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    assert.equal((await setup('remove', 'pi-1')).monitor, 'told')
    await closed
    assert.deepEqual(rooms(), [])
    const { MQTT_PASSWORD: password = '' } = readEnv(await readFile(join(monitor.folder, '.env.guest'), 'utf8'))
    const guest = await monitor.client({ password })
    const retained: string[] = []
    guest.on('message', (topic, _, { retain }) => void (retain && retained.push(topic)))
    await guest.subscribeAsync(['device/pi-1/#', 'end/#'], { qos: 1 })
    assert.deepEqual(retained, [])
  })
})
