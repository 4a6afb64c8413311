import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device, Problem } from '@hearthwatch/api/devices'
import type { Room } from '@hearthwatch/api/rooms'
import type { Batch } from '@hearthwatch/protocol'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { BatchSensor } from '@hearthwatch/testhouse/sensors/batch-sensor'
import type { MqttClient } from 'mqtt'

const brokers = [
  { name: 'the embedded broker', need: { skip: false as const }, start: async () => null },
  { name: 'Mosquitto', need: need('mosquitto'), start: () => startMosquitto() },
]

for (const kind of brokers) {
  describe(`A stolen sensor login, by ${kind.name}`, kind.need, () => {
    let broker: Mosquitto | null
    let monitor: TestMonitor
    let guest: MqttClient
    let thief: MqttClient
    before(async () => {
      broker = await kind.start()
      monitor = await startTestMonitor({ OFFLINE_AFTER: '3', ...(broker ? { MQTT_URL: `mqtt://127.0.0.1:${broker.port}` } : {}) })
      if (broker === null) for (const [id, room] of logins) await monitor.addLogin(id, room)
      guest = await monitor.client()
      thief = await monitor.client({ username: 'pi-bad', clientId: 'pi-bad' })
      await tell({ id: 'pi-bad', room: 'cellar', readings: [] })
      await eventually(async () => (await device('pi-bad'))?.room === 'cellar')
    })
    after(async () => {
      await monitor?.close()
      await broker?.stop()
    })

    const device = async (id: string | null, room?: string) =>
      (await monitor.get<Device[]>('/api/devices')).find((one) => one.id === id && (room === undefined || one.room === room))
    const problems = async (id: string, problem: Problem['problem']) =>
      ((await device(id))?.problems ?? []).filter((one) => one.problem === problem)
    const alerts = (room: string) => monitor.rows<Alert>('SELECT * FROM alert_log').filter((alert) => alert.room === room)
    const states = (room: string) => alerts(room).map(({ device: owner, state }) => `${owner} ${state}`)
    const stored = (room: string) =>
      monitor
        .rows<{ room: string; device: string | null; value: number }>('SELECT * FROM readings ORDER BY time')
        .filter((row) => row.room === room)
        .map(({ device: owner, value }) => `${owner} ${value}`)
    const tile = async (room: string) => (await monitor.get<Room[]>('/api/rooms')).find((one) => one.room === room)?.quantities.temperature
    const publish = (topic: string, text: string) => guest.publishAsync(topic, text, { qos: 1 })
    const tell = (info: { id: string; [field: string]: unknown }, by = thief) =>
      by.publishAsync(`device/${info.id}/info`, JSON.stringify(info), { qos: 1, retain: true })
    const claim = (room: string, own: string, more: object = {}) =>
      tell({
        id: 'pi-bad',
        room: own,
        epoch: '0123456789abcdef',
        status: `home/${room}/sensor/status`,
        readings: [{ key: `${room}/temperature`, topic: `home/${room}/temperature` }],
        ...more,
      })
    const refused = (room: string) => eventually(async () => (await device('pi-bad'))?.problems.some(({ topic }) => topic?.includes(room)))

    async function honest(id: string, room: string): Promise<BatchSensor> {
      const client = await monitor.client(broker ? { username: id, clientId: id } : { username: id })
      const sensor = await new BatchSensor(client, id, room).begin()
      await sensor.send(sensor.batch(1, [20]))
      return sensor
    }

    for (const own of ['cellar', 'kitchen']) {
      it(`that states ${own} as its room takes no topic from a sensor without an id in the kitchen`, async () => {
        await publish('home/kitchen/sensor/status', 'online')
        const before = stored('kitchen').length + 1
        await publish('home/kitchen/temperature', '35')
        await eventually(() => stored('kitchen').length === before && alerts('kitchen').some(({ state }) => state === 'firing'))
        await claim('kitchen', own)
        await refused('kitchen')
        await publish('home/kitchen/temperature', '36')
        await eventually(() => stored('kitchen').length === before + 1)
        assert.deepEqual(new Set(states('kitchen')), new Set(['null firing']))
        assert.equal((await tile('kitchen'))?.value, 36)
        assert.equal((await device(null, 'kitchen'))?.status, 'online')
        assert.equal((await device('pi-bad'))?.room, 'cellar')
        await publish('home/kitchen/sensor/status', 'offline')
        await eventually(async () => (await device(null, 'kitchen'))?.status === 'offline')
        await publish('home/kitchen/sensor/status', 'online')
      })
    }

    it('whose first info is of the kitchen takes no topic from a sensor there that has no id', async () => {
      if (broker === null) return
      const [topic, readings] = ['home/kitchen/temperature', [{ key: 'temperature', topic: 'home/kitchen/temperature' }]]
      await tell({ id: 'pi-new', room: 'kitchen', epoch: '0123456789abcdef', status: 'home/kitchen/sensor/status', readings })
      const before = stored('kitchen').length
      await eventually(async () => (await problems('pi-new', 'topic-of-another')).length === 2)
      assert.equal((await device('pi-new'))?.confirmed, false)
      const sensor = new BatchSensor(thief, 'pi-new', 'kitchen')
      sensor.epoch = '0123456789abcdef'
      await thief.subscribeAsync('device/pi-new/ack')
      await sensor.send(sensor.batch(1, [99]))
      await publish(topic, '34')
      await eventually(() => stored('kitchen').at(-1) === 'null 34')
      assert.equal(stored('kitchen').length, before + 1)
      assert.deepEqual(new Set(states('kitchen')), new Set(['null firing']))
    })

    it('silences no alert of a topic that another device has claimed', async () => {
      const bath = await honest('pi-good', 'bath')
      await claim('bath', 'bath')
      await refused('bath')
      await bath.live(45)
      await eventually(() => states('bath').includes('pi-good firing'))
      assert.equal((await tile('bath'))?.value, 45)
    })

    it('takes the status topic of no other device', async () => {
      const client = await monitor.client(broker ? { username: 'pi-attic', clientId: 'pi-attic' } : { username: 'pi-attic' })
      const status = 'home/attic/sensor/status'
      await tell({ id: 'pi-attic', room: 'attic', status, readings: [] }, client)
      await eventually(async () => (await device('pi-attic'))?.status === 'online')
      await claim('attic', 'cellar')
      await refused('attic')
      await tell({ id: 'pi-bad', room: 'cellar', status: 'device/pi-attic/status', readings: [] })
      await refused('device/pi-attic')
      await client.publishAsync(status, 'offline', { qos: 1 })
      await eventually(async () => (await device('pi-attic'))?.status === 'offline')
      assert.equal((await device('pi-bad'))?.status, 'online')
    })

    it('stores no row and raises no alert in the room of another sensor, and its own rows are stored', async () => {
      await publish('home/bedroom/temperature', '20')
      await eventually(() => stored('bedroom').length === 1)
      await thief.subscribeAsync('device/pi-bad/ack')
      const bad = new BatchSensor(thief, 'pi-bad', 'cellar')
      await tell({ id: 'pi-bad', room: 'cellar', epoch: bad.epoch, readings: [] })
      const { rows, ...batch } = bad.batch(1, [15, 16])
      const both = { ...batch, rows: rows.map((row) => ({ ...row, values: { ...row.values, 'bedroom/temperature': 60 } })) }
      assert.equal((await bad.send(both as Batch)).seq, 2)
      assert.deepEqual([stored('bedroom'), states('bedroom')], [['null 20'], []])
      assert.deepEqual(stored('cellar'), ['pi-bad 15', 'pi-bad 16'])
      assert.partialDeepStrictEqual(await problems('pi-bad', 'rows-aside'), [{ room: 'bedroom', count: 2 }])
      const metrics = await (await fetch(new URL('/metrics', monitor.url))).text()
      assert.match(metrics, /hearthwatch_rejected_total\{reason="not-its-room"\} [2-9]/)
      assert.equal((await bad.send({ ...both, batch: 'again' } as Batch)).err, undefined, 'a repeat is no fork')
    })

    it('whose device a person moves to another room loses what it claimed before', async () => {
      await tell({ id: 'pi-bad', room: 'cellar', epoch: '0123456789abcdef', readings: [{ key: 't', topic: 'home/cellar/temperature' }] })
      await eventually(async () => (await device('pi-bad'))?.problems.length === 1)
      await monitor.send('PUT', '/api/devices/pi-bad/room', { room: 'shed' })
      if (broker) assert.partialDeepStrictEqual(await problems('pi-bad', 'states-other-room'), [{ room: 'cellar' }])
      const before = stored('cellar').length
      await publish('home/cellar/temperature', '9')
      await eventually(() => stored('cellar').length === before + (broker ? 1 : 0))
      await monitor.send('PUT', '/api/devices/pi-bad/room', { room: 'cellar' })
    })

    it('that is locked out and forgotten claims nothing, also after a restart', async () => {
      await claim('cellar', 'cellar')
      await eventually(async () => (await device('pi-bad'))?.probes[0]?.key === 'cellar/temperature')
      if (broker === null) {
        await monitor.removeLogin('pi-bad')
        assert.equal((await device('pi-bad'))?.status, 'offline')
        assert.equal((await problems('pi-bad', 'login-removed')).length, 1)
      }
      thief.end(true)
      await eventually(async () => (await device('pi-bad'))?.status !== 'online', 10_000)
      await monitor.send('DELETE', '/api/devices/pi-bad')
      for (const value of [11, 12]) {
        await publish('home/cellar/temperature', String(value))
        await eventually(() => stored('cellar').at(-1) === `null ${value}`)
        assert.equal(await device('pi-bad'), undefined)
        await monitor.restart()
        guest = await monitor.client()
      }
    })
  })
}

describe('A login that is removed while the monitor is stopped', () => {
  it('has no claims at the next start, and has them back when it is added again', async (t) => {
    const monitor = await startTestMonitor()
    t.after(() => monitor.close())
    await monitor.addLogin('pi-old', 'cellar')
    const client = await monitor.client({ username: 'pi-old' })
    const readings = [{ key: 'temperature', topic: 'home/cellar/temperature' }]
    await client.publishAsync('device/pi-old/info', JSON.stringify({ id: 'pi-old', room: 'cellar', readings }), { qos: 1 })
    const problems = async () =>
      (await monitor.get<Device[]>('/api/devices')).find(({ id }) => id === 'pi-old')?.problems.map(({ problem }) => problem)
    await eventually(async () => (await problems())?.length === 0)
    const file = join(monitor.folder, 'mosquitto', 'passwd')
    const lines = readFileSync(file, 'utf8')
    writeFileSync(file, lines.replace(/^pi-old:.*\n/m, ''))
    await monitor.restart()
    assert.deepEqual(await problems(), ['login-removed'])
    const guest = await monitor.client()
    await guest.publishAsync('home/cellar/temperature', '12', { qos: 1 })
    const owners = () => monitor.rows<{ device: string | null }>('SELECT device FROM readings').map(({ device }) => device)
    await eventually(() => owners().length === 1)
    assert.deepEqual(owners(), [null])
    writeFileSync(file, lines)
    await monitor.restart()
    assert.deepEqual(await problems(), [])
  })
})

const logins = [
  ['pi-bad', 'cellar'],
  ['pi-good', 'bath'],
  ['pi-attic', 'attic'],
] as const
