import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import { createLog } from '@hearthwatch/log'
import type { Batch } from '@hearthwatch/protocol'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { BatchSensor, type BatchSensors, startBatchSensors } from '@hearthwatch/testhouse/sensors/batch-sensor'

describe('An honest device', () => {
  let sensors: BatchSensors
  before(async () => {
    sensors = await startBatchSensors()
  })
  after(() => sensors?.monitor.close())
  const publish = (topic: string, text: string) => sensors.client.publishAsync(topic, text, { qos: 1 })
  const device = async (id: string) => (await sensors.monitor.get<Device[]>('/api/devices')).find((one) => one.id === id)
  const problems = async (id: string) => (await device(id))?.problems.map(({ problem, topic, room }) => [problem, topic ?? room])
  const state = (id: string, room: string, keys: string[], more: object = {}) => {
    const readings = keys.map((key) => ({ key, topic: `home/${key.includes('/') ? key : `${room}/${key}`}` }))
    return publish(`device/${id}/info`, JSON.stringify({ id, room, epoch: 'fedcba9876543210', readings, ...more }))
  }
  const devicesIn = (room: string) => sensors.rows(room).map(({ device: owner, value }) => `${owner} ${value}`)
  /** A live reading of a topic is attributed to its owner. */
  const liveOwner = async (room: string, value: number) => {
    await publish(`home/${room}/temperature`, String(value))
    const found = await eventually(() =>
      sensors.monitor.rows<{ device: string | null }>(`SELECT device FROM alert_log WHERE room = '${room}' AND rule = 'too-hot'`).at(-1),
    )
    return found.device
  }

  it('that replaces one which is offline has its topic at once, and the old one has it back when it returns', async () => {
    const old = await sensors.sensor('hall')
    const next = await sensors.sensor('hall')
    await eventually(async () => (await problems(next.id))?.[0]?.[0] === 'topic-of-another')
    await publish(`device/${old.id}/status`, 'offline')
    await eventually(async () => (await problems(next.id))?.length === 0)
    assert.equal(await liveOwner('hall', 45), next.id)
    assert.equal((await next.send(next.batch(1, [45]))).seq, 1)
    assert.ok(devicesIn('hall').includes(`${next.id} 45`))
    await publish(`device/${old.id}/status`, 'online')
    await eventually(async () => (await problems(next.id))?.length === 1)
    assert.deepEqual(await problems(old.id), [])
  })

  it('shares its room with another that measures another quantity', async () => {
    await state('pi-warm', 'bath', ['temperature'], { status: 'home/bath/sensor/status' })
    await state('pi-damp', 'bath', ['humidity'], { status: 'device/pi-damp/status' })
    await eventually(async () => (await device('pi-damp'))?.room === 'bath')
    assert.deepEqual([await problems('pi-warm'), await problems('pi-damp')], [[], []])
    await publish('home/bath/sensor/status', 'offline')
    await eventually(async () => (await device('pi-warm'))?.status === 'offline')
    assert.equal((await device('pi-damp'))?.status, 'online')
  })

  it('with a probe in another room has that room where no other is alive', async () => {
    await state('pi-multi', 'cellar', ['temperature', 'fridge/temperature'])
    await eventually(async () => (await device('pi-multi'))?.probes.length === 2)
    assert.deepEqual(await problems('pi-multi'), [])
    assert.equal(await liveOwner('fridge', 45), 'pi-multi')
  })

  it('that moves to a room where no other is alive is shown there, not confirmed', async () => {
    await state('pi-move', 'porch', ['temperature'])
    await eventually(async () => (await device('pi-move'))?.room === 'porch')
    await sensors.monitor.send('PUT', '/api/devices/pi-move/room', { room: 'porch' })
    assert.equal((await device('pi-move'))?.confirmed, true)
    await state('pi-move', 'barn', ['temperature'])
    await eventually(async () => (await problems('pi-move'))?.some(([problem]) => problem === 'states-other-room'))
    await sensors.monitor.send('PUT', '/api/devices/pi-move/room', { room: 'barn' })
    assert.partialDeepStrictEqual(await device('pi-move'), { room: 'barn', confirmed: true, problems: [] })
    await state('pi-free', 'loft', ['temperature'])
    await eventually(async () => (await device('pi-free'))?.room === 'loft')
    await state('pi-free', 'gallery', ['temperature'])
    await eventually(async () => (await device('pi-free'))?.room === 'gallery')
    assert.partialDeepStrictEqual(await device('pi-free'), { confirmed: false, problems: [] })
  })

  it('whose room a person confirms takes the topic from a sensor without an id, and stores the rows that were set aside', async () => {
    await publish('home/study/temperature', '20')
    await eventually(() => devicesIn('study').length === 1)
    const pi = await sensors.sensor('study')
    assert.equal((await pi.send(pi.batch(1, [21, 22]))).seq, 2)
    const third = pi.batch(3, [23])
    assert.equal((await pi.send(third)).seq, 3)
    assert.deepEqual(devicesIn('study'), ['null 20'])
    assert.deepEqual(await problems(pi.id), [
      ['topic-of-another', 'home/study/temperature'],
      ['rows-aside', 'home/study/temperature'],
    ])
    await sensors.monitor.restart()
    const client = await sensors.monitor.client()
    await client.subscribeAsync(`device/${pi.id}/ack`)
    const again = Object.assign(new BatchSensor(client, pi.id, 'study'), { epoch: pi.epoch })
    const answer = await sensors.monitor.send<Device>('PUT', `/api/devices/${pi.id}/room`, { room: 'study' })
    assert.equal(answer.confirmed, true)
    const rewound = await again.send({ ...again.batch(4, [24]), batch: 'fourth', oldest: 1 } as Batch)
    assert.equal(rewound.seq, 0, 'the sensor is asked for the rows from the first one on')
    assert.equal((await again.send({ ...again.batch(1, [21, 22, 23, 24]), batch: 'all', oldest: 1 } as Batch)).seq, 4)
    assert.deepEqual(devicesIn('study').sort(), ['null 20', `${pi.id} 21`, `${pi.id} 22`, `${pi.id} 23`, `${pi.id} 24`].sort())
    assert.deepEqual((await device(pi.id))?.problems, [])
    assert.deepEqual(await sensors.monitor.get(`/api/gaps?device=${pi.id}`), [])
  })

  it('whose claim is refused causes one log line, however often it repeats its info', async (t) => {
    const lines: string[] = []
    const log = createLog('monitor', 'warn', (line) => void lines.push(line))
    const monitor = await startTestMonitor({}, log)
    t.after(() => monitor.close())
    const client = await monitor.client()
    const tell = (id: string, version: string) => {
      const readings = [{ key: 'temperature', topic: 'home/hall/temperature' }]
      return client.publishAsync(`device/${id}/info`, JSON.stringify({ id, room: 'hall', version, readings }), { qos: 1 })
    }
    await tell('pi-1', '1')
    for (const version of ['1', '2', '3']) await tell('pi-2', version)
    await eventually(async () => (await monitor.get<Device[]>('/api/devices')).some((one) => one.version === '3'))
    assert.equal(lines.filter((line) => line.includes('claim refused')).length, 1, lines.join(''))
  })

  it('keeps the topic that it claimed first after a restart of the monitor', async () => {
    const client = await sensors.monitor.client()
    const tell = (id: string) =>
      client.publishAsync(
        `device/${id}/info`,
        JSON.stringify({
          id,
          room: 'garden',
          epoch: 'fedcba9876543210',
          readings: [{ key: 'temperature', topic: 'home/garden/temperature' }],
        }),
        { qos: 1 },
      )
    await tell('pi-z-first')
    await tell('pi-a-second')
    await eventually(async () => (await problems('pi-a-second'))?.length === 1)
    await sensors.monitor.restart()
    assert.deepEqual(await problems('pi-z-first'), [])
    assert.deepEqual(await problems('pi-a-second'), [['topic-of-another', 'home/garden/temperature']])
  })
})
