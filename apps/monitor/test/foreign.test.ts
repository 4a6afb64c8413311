import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import type { Room } from '@hearthwatch/api/rooms'
import { createLog } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import type { MqttClient } from 'mqtt'

interface Row {
  room: string
  quantity: string
  device: string | null
  time: number
  value: number
}

const config = (id: string, more: object = {}) => ({
  dev: { ids: [id], name: `Cellar/${id}`, mf: 'Example', mdl: 'T1' },
  stat_t: `nodes/${id}`,
  avty_t: `nodes/${id}/status`,
  uniq_id: `${id}_t`,
  dev_cla: 'temperature',
  unit_of_meas: '°F',
  val_tpl: '{{ value_json.t }}',
  ...more,
})

describe('A device of others on the broker', () => {
  let monitor: TestMonitor
  let client: MqttClient
  before(async () => {
    monitor = await startTestMonitor()
    client = await monitor.client({ username: 'foreign' })
  })
  after(() => monitor?.close())

  const publish = (topic: string, payload: string | object, retain = false) =>
    client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 0, retain })
  const rows = (device: string) => monitor.rows<Row>('SELECT * FROM readings ORDER BY time').filter((row) => row.device === device)
  const device = async (id: string) => (await monitor.get<Device[]>('/api/devices')).find((one) => one.id === id)
  const room = async (name: string) => (await monitor.get<Room[]>('/api/rooms')).find((one) => one.room === name)

  /** Publishes again until the subscription that an announcement causes is in force. */
  async function publishUntil(topic: string, payload: object, isDone: () => unknown): Promise<void> {
    await eventually(async () => {
      await publish(topic, payload)
      return isDone()
    })
  }

  it('appears with its announcement: its values are stored in our units, its room is the first level of its name', async () => {
    await publish('nodes/n1', { t: 50 }, true)
    await publish('homeassistant/sensor/n1/t/config', config('n1'))
    await eventually(async () => (await room('Cellar'))?.quantities.temperature?.value === 10)
    assert.deepEqual(rows('n1'), [])
    await publish('nodes/n1', { t: 68, last_seen: new Date().toISOString() })
    await eventually(() => rows('n1').length === 1)
    assert.partialDeepStrictEqual(rows('n1')[0], { room: 'Cellar', quantity: 'temperature', value: 20 })
    await eventually(async () => (await device('n1'))?.status === 'online')
    assert.partialDeepStrictEqual(await device('n1'), {
      room: 'Cellar',
      foreign: { adapter: 'discovery', name: 'Cellar/n1', maker: 'Example', model: 'T1', roomFrom: 'name', isIgnored: false },
    })
  })

  it('stores a repeat of a message with a time of its own once', async () => {
    const last_seen = new Date().toISOString()
    for (let i = 0; i < 3; i += 1)
      await publish('nodes/n1', { t: 70 + (i === 2 ? 2 : 0), last_seen: i === 2 ? new Date().toISOString() : last_seen })
    await eventually(() => rows('n1').some(({ value }) => Math.abs(value - 22.2222222) < 1e-6))
    assert.equal(rows('n1').length, 3)
  })

  it('is followed after a start of the monitor without a new announcement, and keeps the room that a person gave it', async () => {
    await monitor.send('PUT', '/api/devices/n1/room', { room: 'Wine' })
    await monitor.restart()
    client = await monitor.client({ username: 'foreign' })
    const before = rows('n1').length
    await publishUntil('nodes/n1', { t: 59 }, () => rows('n1').length > before)
    assert.partialDeepStrictEqual(rows('n1').at(-1), { room: 'Wine', value: 15 })
  })

  it('is offline by its own availability', async () => {
    await publish('nodes/n1/status', 'offline')
    await eventually(async () => (await device('n1'))?.status === 'offline')
    await publish('nodes/n1/status', 'online')
    await eventually(async () => (await device('n1'))?.status === 'online')
  })

  it('is unknown, without an alert of its own, while its gateway is offline', async () => {
    await publish('z/bridge/state', 'online', true)
    const behind = { dev: { ids: ['b1'], name: 'Hall/b1', via_device: 'z_bridge' }, avty_t: 'z/bridge/state', stat_t: 'z/b1' }
    await publish('homeassistant/sensor/b1/t/config', config('b1', behind))
    await publishUntil('z/b1', { t: 50 }, () => rows('b1').length > 0)
    await publish('z/bridge/state', 'offline', true)
    await eventually(async () => (await device('b1'))?.status === 'unknown' && (await device('z_bridge'))?.status === 'offline')
    const offline = () => monitor.rows<Alert>("SELECT * FROM alert_log WHERE rule = 'offline' AND state = 'firing'")
    await eventually(() => offline().some((alert) => alert.device === 'z_bridge'), 15_000)
    assert.ok(!offline().some((alert) => alert.device === 'b1'))
    await publish('z/bridge/state', 'online', true)
    await eventually(async () => (await device('b1'))?.status === 'online')
    await eventually(() => offline().length === 0)
  })

  it('that a person ignores stores nothing more', async () => {
    await monitor.send('PUT', '/api/devices/b1/ignored', { ignored: true })
    await publish('z/b1', { t: 77 })
    await publish('nodes/n1', { t: 41 })
    await eventually(() => rows('n1').some(({ value }) => value === 5))
    assert.ok(!rows('b1').some(({ value }) => value === 25))
    assert.equal(await room('Hall'), undefined)
    await monitor.send('PUT', '/api/devices/b1/ignored', { ignored: false })
    await publishUntil('z/b1', { t: 86 }, () => rows('b1').some(({ value }) => value === 30))
  })

  it('with a template that is not understood is listed with the reason', async () => {
    await publish('homeassistant/sensor/odd/config', config('odd', { val_tpl: '{% set a = 1 %}{{ a }}' }))
    await eventually(async () => {
      const listed = await monitor.get<{ entity: string; why: string; template: string }[]>('/api/devices/not-understood')
      return listed.some(({ why, template }) => /block set/.test(why) && /set a/.test(template))
    })
  })

  it('cannot take the id of a sensor of ours', async () => {
    await publish('device/pi-1/info', { id: 'pi-1', room: 'study', readings: [] }, true)
    await eventually(async () => (await device('pi-1'))?.room === 'study')
    await publish('homeassistant/sensor/pi-1/config', config('pi-1', { stat_t: 'fake/pi-1' }))
    await publish('homeassistant/sensor/n2/t/config', config('n2'))
    await publishUntil('nodes/n2', { t: 50 }, async () => {
      await publish('fake/pi-1', { t: 50 })
      return rows('n2').length > 1
    })
    assert.deepEqual(rows('pi-1'), [])
    assert.equal((await device('pi-1'))?.foreign, null)
  })

  it('whose announcement is withdrawn is no longer followed, and its history stays', async () => {
    await publish('homeassistant/sensor/n2/t/config', '')
    await eventually(async () => (await device('n2'))?.foreign?.isGone === true)
    await publish('nodes/n2', { t: 90 })
    await publish('nodes/n1', { t: 14 })
    await eventually(() => rows('n1').some(({ value }) => value === -10))
    assert.ok(!rows('n2').some(({ value }) => value > 32))
  })
})

describe('Programs of others below home/', () => {
  it('make no room, no reading and no status of a room, and no warning', async () => {
    const folder = new URL('fixtures/home-tree/', import.meta.url)
    const lines = (name: string): { topic: string; payload: string; qos: 0 | 1; retain: boolean }[] =>
      readFileSync(new URL(name, folder), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    const warnings: string[] = []
    const monitor = await startTestMonitor(
      {},
      createLog('monitor', 'warn', (line) => void warnings.push(line)),
    )
    try {
      const client = await monitor.client()
      const start = Date.now()
      for (const { topic, payload, qos, retain } of [...lines('retained.jsonl'), ...lines('traffic.jsonl')]) {
        // The fixture's clock is its own.
        const now = payload.replace('1768462210600', String(start))
        await client.publishAsync(topic, now, { qos, retain })
      }
      const rows = () => monitor.rows<Row>('SELECT * FROM readings ORDER BY value')
      await eventually(() => rows().length >= 3)
      assert.deepEqual(
        rows().map(({ room, quantity, value }) => [room, quantity, value]),
        [21.5, 21.6, 21.7].map((value) => ['kitchen', 'temperature', value]),
      )
      await eventually(async () => (await monitor.get<Room[]>('/api/rooms'))[0]?.status === 'online')
      assert.deepEqual(
        (await monitor.get<Room[]>('/api/rooms')).map(({ room }) => room),
        ['kitchen'],
      )
      const about = warnings.filter((line) => /topic/.test(line) && !/kitchen/.test(line))
      assert.deepEqual(about, [])
    } finally {
      await monitor.close()
    }
  })
})
