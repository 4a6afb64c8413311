import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Room } from '@hearthwatch/api/rooms'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { BatchSensor } from '@hearthwatch/testhouse/sensors/batch-sensor'
import type { MqttClient } from 'mqtt'

describe('A forgotten room', () => {
  let monitor: TestMonitor
  let guest: MqttClient
  beforeEach(async () => {
    monitor = await startTestMonitor()
    guest = await monitor.client()
  })
  afterEach(() => monitor.close())
  const rooms = async () => (await monitor.get<Room[]>('/api/rooms')).map(({ room }) => room)
  const stored = () => monitor.rows<{ value: number }>("SELECT value FROM readings WHERE room = 'kichen'").map(({ value }) => value)
  const publish = (value: string) => guest.publishAsync('home/kichen/temperature', value, { qos: 1, retain: true })
  const status = async (path: string) => (await fetch(new URL(path, monitor.url), { method: 'DELETE' })).status
  const makeRoom = async () => {
    await publish('36')
    await eventually(() => stored().length === 1)
  }

  it('has no tile, no open alert and no retained message, also after a restart; its readings stay', async () => {
    await makeRoom()
    await eventually(() => monitor.rows("SELECT 1 FROM alert_log WHERE room = 'kichen' AND state = 'firing'").length === 1)
    assert.equal(await status('/api/rooms/kichen'), 204)
    assert.deepEqual(await rooms(), [])
    assert.deepEqual(
      monitor.rows<Alert>('SELECT * FROM alert_log').map(({ state }) => state),
      ['resolved'],
    )
    await monitor.restart()
    assert.deepEqual(await rooms(), [])
    guest = await monitor.client()
    const late = await monitor.client({ username: 'sensor', clientId: 'sensor' })
    const retained: string[] = []
    late.on('message', (topic) => retained.push(topic))
    await late.subscribeAsync('home/+/temperature', { qos: 1 })
    await guest.publishAsync('home/hall/temperature', '20', { qos: 1 })
    await eventually(() => retained.includes('home/hall/temperature'))
    assert.deepEqual(retained, ['home/hall/temperature'])
    assert.deepEqual(stored(), [36])
  })

  it('comes back with its next reading, and with its former ones', async () => {
    await makeRoom()
    assert.equal(await status('/api/rooms/kichen?history=keep'), 204)
    await publish('21')
    await eventually(() => stored().length === 2)
    assert.deepEqual(await rooms(), ['kichen'])
    await monitor.restart()
    assert.deepEqual(await rooms(), ['kichen'])
  })

  it('loses its readings and notes if that is asked for, also later', async () => {
    await makeRoom()
    await guest.publishAsync('home/hall/temperature', '20', { qos: 1 })
    const note = { room: 'kichen', time: Date.now(), text: 'window open' }
    const headers = { 'content-type': 'application/json' }
    assert.equal((await fetch(`${monitor.url}/api/notes`, { method: 'POST', headers, body: JSON.stringify(note) })).status, 201)
    assert.equal(await status('/api/rooms/kichen?history=keep'), 204)
    assert.equal((await monitor.get<unknown[]>('/api/notes')).length, 1)
    assert.equal(await status('/api/rooms/kichen?history=delete'), 204)
    assert.deepEqual(await monitor.get<unknown[]>('/api/notes'), [])
    assert.deepEqual(stored(), [])
    assert.equal(await status('/api/rooms/kichen?history=delete'), 404)
    await eventually(() => monitor.rows("SELECT 1 FROM readings WHERE room = 'hall'").length === 1)
    await publish('22')
    await eventually(() => stored().length === 1)
  })

  it('is refused while a device that reports into it is online, and forgets one that is not', async () => {
    const client = await monitor.client({ username: 'sensor', clientId: 'sensor' })
    const pi = await new BatchSensor(client, 'pi-1', 'kichen').begin()
    await pi.live(20)
    await pi.send(pi.batch(1, [20]))
    await eventually(async () => (await monitor.get<Room[]>('/api/rooms'))[0]?.status === 'online')
    assert.equal(await status('/api/rooms/kichen'), 409)
    await client.publishAsync('device/pi-1/status', 'offline', { qos: 1 })
    await eventually(async () => (await monitor.get<Room[]>('/api/rooms'))[0]?.status === 'offline')
    assert.equal(await status('/api/rooms/kichen'), 204)
    assert.deepEqual([await rooms(), await monitor.get('/api/devices')], [[], []])
  })

  it('is refused while a device of another room that has a probe in it is online, and does not forget that device', async () => {
    const client = await monitor.client({ username: 'sensor', clientId: 'sensor' })
    const topics = ['home/hall/temperature', 'home/kichen/temperature']
    const readings = topics.map((topic) => ({ key: topic, topic }))
    const info = { id: 'pi-1', room: 'hall', status: 'device/pi-1/status', readings }
    await client.publishAsync('device/pi-1/info', JSON.stringify(info), { qos: 1, retain: true })
    for (const topic of topics) await client.publishAsync(topic, '20', { qos: 1 })
    await eventually(async () => (await rooms()).length === 2)
    assert.equal(await status('/api/rooms/kichen'), 409)
    await client.publishAsync('device/pi-1/status', 'offline', { qos: 1 })
    await eventually(async () => (await status('/api/rooms/kichen')) === 204)
    assert.deepEqual(await rooms(), ['hall'])
    assert.equal((await monitor.get<unknown[]>('/api/devices')).length, 1)
  })

  it('must exist, and history is keep or delete', async () => {
    assert.equal(await status('/api/rooms/nowhere'), 404)
    await makeRoom()
    assert.equal(await status('/api/rooms/kichen?history=both'), 400)
    assert.deepEqual(await rooms(), ['kichen'])
  })
})
