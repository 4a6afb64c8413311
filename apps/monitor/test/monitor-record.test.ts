import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import type { ReadingEvent } from '@hearthwatch/api/events'
import type { Room } from '@hearthwatch/api/rooms'
import { minute } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { follow } from '@hearthwatch/testhouse/monitor/event-stream'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { BatchSensor, type BatchSensors, startBatchSensors } from '@hearthwatch/testhouse/sensors/batch-sensor'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'

describe('A batch of a sensor', () => {
  let sensors: BatchSensors
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    sensors = await startBatchSensors({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example' })
  })
  after(async () => {
    await sensors?.monitor.close()
    await inbox.close()
  })
  const rows = (room: string) => sensors.rows(room)
  const values = (room: string) => sensors.values(room)
  const alerts = (room: string) => sensors.alerts(room)
  const sensor = (room: string) => sensors.sensor(room)

  it('is stored with the times of the sensor, and is acknowledged after the commit', async () => {
    const pi = await sensor('kitchen')
    const batch = pi.batch(1, [20, 21, 22])
    const ack = await pi.send(batch)
    assert.partialDeepStrictEqual(ack, { epoch: pi.epoch, re: batch.batch, seq: 3 })
    assert.equal(ack.err, undefined)
    assert.deepEqual(
      rows('kitchen'),
      batch.rows.map(({ time }, i) => ({ room: 'kitchen', quantity: 'temperature', device: pi.id, time, value: 20 + i })),
    )
  })

  it('that arrives three times is stored once', async () => {
    const pi = await sensor('hall')
    const batch = pi.batch(1, [20, 21, 22])
    for (let i = 0; i < 3; i += 1) assert.equal((await pi.send({ ...batch, batch: `again-${i}` })).seq, 3)
    assert.deepEqual(values('hall'), [20, 21, 22])
  })

  it('stores a reading once that was published live before, and was judged then', async () => {
    const pi = await sensor('bath')
    await eventually(async () => (await sensors.monitor.get<Device[]>('/api/devices')).some(({ id }) => id === pi.id))
    const hot = pi.batch(1, [35])
    await pi.live(35)
    await eventually(() => alerts('bath').length === 1)
    assert.deepEqual(values('bath'), [])
    await pi.send(hot)
    assert.deepEqual(values('bath'), [35])
    assert.deepEqual(
      alerts('bath').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'firing']],
    )
  })

  it('emits one event per reading, whether the batch or the live reading arrives first', async (t) => {
    const pi = await sensor('studio')
    const stream = await follow(sensors.monitor.url, '/api/events')
    t.after(() => stream.close())
    const emitted = () =>
      stream.events.filter(({ type, data }) => type === 'reading' && data.room === 'studio').map(({ data }) => data.value)
    const received = (value: number) =>
      stream.until(({ type, data }) => type === 'reading' && data.room === 'studio' && data.value === value)
    await pi.send(pi.batch(1, [20, 21, 22], { age: 3000 }))
    await received(22)
    assert.deepEqual(emitted(), [20, 21, 22], 'none of them was published live')
    const fourth = pi.batch(4, [23])
    await pi.live(23)
    await received(23)
    await pi.send(fourth)
    await pi.send(pi.batch(5, [24]))
    await pi.live(24)
    await pi.live(25)
    await received(25)
    assert.deepEqual(emitted(), [20, 21, 22, 23, 24, 25])
  })

  it('raises the alert if the live packet was lost', async () => {
    const pi = await sensor('sauna')
    await pi.send(pi.batch(1, [20, 35]))
    assert.deepEqual(
      alerts('sauna').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'firing']],
    )
    await pi.send(pi.batch(3, [20]))
    assert.deepEqual(
      alerts('sauna').map(({ state }) => state),
      ['resolved'],
    )
    assert.equal(inbox.mails.filter(({ text }) => text.includes('sauna')).length <= 2, true)
  })

  it('that leaves out rows is answered with the last stored row, and the sensor sends the missing rows', async () => {
    const pi = await sensor('attic')
    await pi.send(pi.batch(1, [1, 2, 3]))
    assert.equal((await pi.send(pi.batch(6, [6, 7], { oldest: 1 }))).seq, 3)
    assert.deepEqual(values('attic'), [1, 2, 3])
    assert.equal((await pi.send(pi.batch(4, [4, 5, 6, 7], { oldest: 1 }))).seq, 7)
    assert.deepEqual(values('attic').toSorted(), [1, 2, 3, 4, 5, 6, 7])
  })

  it('with missing rows creates a gap with from and to', async () => {
    const pi = await sensor('cellar')
    await pi.send(pi.batch(1, [1]))
    const batch = pi.batch(2, [0, 0, 0, 0, 9])
    await pi.send({ ...batch, rows: batch.rows.slice(4) })
    const gaps = await sensors.monitor.get<Record<string, unknown>[]>(`/api/gaps?device=${pi.id}`)
    assert.partialDeepStrictEqual(gaps, [{ device: pi.id, epoch: pi.epoch, from: 2, to: 5, count: 4 }])
    const devices = await sensors.monitor.get<Device[]>('/api/devices')
    assert.partialDeepStrictEqual(
      devices.find(({ id }) => id === pi.id),
      { epoch: pi.epoch, seq: 6, missing: 4 },
    )
  })

  it('of a card that was rolled back is answered with “fork”, and is stored under a new epoch', async () => {
    const pi = await sensor('porch')
    await pi.send(pi.batch(1, [1, 2, 3], { age: minute }))
    const other = pi.batch(3, [30, 40])
    const answer = await pi.send(other)
    assert.partialDeepStrictEqual(answer, { err: 'fork', seq: 3 })
    assert.deepEqual(values('porch'), [1, 2, 3])
    pi.epoch = randomBytes(8).toString('hex')
    assert.equal(
      (
        await pi.send({
          ...other,
          epoch: pi.epoch,
          batch: 'anew',
          from: 1,
          to: 2,
          rows: other.rows.map((row, i) => ({ ...row, seq: i + 1 })),
        })
      ).seq,
      2,
    )
    assert.deepEqual(values('porch'), [1, 2, 3, 30, 40])
  })
})

describe('The first reading of a new topic', () => {
  let monitor: TestMonitor
  before(async () => {
    monitor = await startTestMonitor()
  })
  after(() => monitor?.close())

  it('is shown at once, and is stored once if a sensor with batches names the topic within 2 s', async () => {
    const client = await monitor.client()
    const pi = new BatchSensor(client, 'pi-late', 'pantry')
    await pi.live(21)
    await eventually(async () => (await monitor.get<Room[]>('/api/rooms')).some(({ room }) => room === 'pantry'))
    await pi.begin()
    await pi.send(pi.batch(1, [21]))
    await client.publishAsync('home/garden/temperature', '5', { qos: 1 })
    await eventually(() => monitor.rows<ReadingEvent>("SELECT * FROM readings WHERE room = 'garden'").length === 1)
    assert.deepEqual(
      monitor.rows<ReadingEvent>("SELECT * FROM readings WHERE room = 'pantry'").map(({ device, value }) => [device, value]),
      [['pi-late', 21]],
    )
  })
  it('changes no alert if a batch with newer readings was judged while it was deferred', async () => {
    const client = await monitor.client()
    const pi = new BatchSensor(client, 'pi-overtaken', 'attic')
    await pi.live(20)
    await client.publishAsync('home/terrace/temperature', '5', { qos: 1 })
    await pi.begin()
    await pi.send(pi.batch(1, [20, 40]))
    await eventually(() => monitor.rows<ReadingEvent>("SELECT * FROM readings WHERE room = 'terrace'").length === 1)
    const alerts = monitor.rows<Alert>("SELECT * FROM alert_log WHERE room = 'attic' AND rule = 'too-hot'")
    assert.deepEqual(
      alerts.map(({ state }) => state),
      ['firing'],
    )
  })
})
