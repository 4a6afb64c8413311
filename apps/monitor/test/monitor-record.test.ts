import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device as ListedDevice } from '@hearthwatch/api/devices'
import type { ReadingEvent } from '@hearthwatch/api/events'
import type { Room } from '@hearthwatch/api/rooms'
import { minute } from '@hearthwatch/protocol/durations'
import { type BatchSensors, Device, startBatchSensors } from '@hearthwatch/testhouse/batch-sensor'
import { follow } from '@hearthwatch/testhouse/event-stream'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/inbox'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor'

describe('The record', () => {
  let record: BatchSensors
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    record = await startBatchSensors({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example' })
  })
  after(async () => {
    await record?.house.close()
    await inbox.close()
  })
  const rows = (room: string) => record.rows(room)
  const values = (room: string) => record.values(room)
  const alerts = (room: string) => record.alerts(room)
  const device = (room: string) => record.device(room)

  it('becomes rows with the device’s own times, and is acknowledged after the commit', async () => {
    const pi = await device('kitchen')
    const batch = pi.batch(1, [20, 21, 22])
    const ack = await pi.send(batch)
    assert.partialDeepStrictEqual(ack, { epoch: pi.epoch, re: batch.batch, seq: 3 })
    assert.equal(ack.err, undefined)
    assert.deepEqual(
      rows('kitchen'),
      batch.rows.map(({ time }, i) => ({ room: 'kitchen', quantity: 'temperature', device: pi.id, time, value: 20 + i })),
    )
  })

  it('is kept once, however often a batch comes', async () => {
    const pi = await device('hall')
    const batch = pi.batch(1, [20, 21, 22])
    for (let i = 0; i < 3; i += 1) assert.equal((await pi.send({ ...batch, batch: `again-${i}` })).seq, 3)
    assert.deepEqual(values('hall'), [20, 21, 22])
  })

  it('makes one row of a reading that was said live as well, which is shown and judged at once', async () => {
    const pi = await device('bath')
    await eventually(async () => (await record.house.get<ListedDevice[]>('/api/devices')).some(({ id }) => id === pi.id))
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

  it('is told to whoever listens, each reading once, by whichever way it came first', async (t) => {
    const pi = await device('studio')
    const ear = await follow(record.house.url, '/api/events')
    t.after(() => ear.close())
    const told = () => ear.events.filter(({ type, data }) => type === 'reading' && data.room === 'studio').map(({ data }) => data.value)
    const heard = (value: number) => ear.until(({ type, data }) => type === 'reading' && data.room === 'studio' && data.value === value)
    await pi.send(pi.batch(1, [20, 21, 22], { age: 3000 }))
    await heard(22)
    assert.deepEqual(told(), [20, 21, 22], 'nothing of it was said live')
    const fourth = pi.batch(4, [23])
    await pi.live(23)
    await heard(23)
    await pi.send(fourth)
    await pi.send(pi.batch(5, [24]))
    await pi.live(24)
    await pi.live(25)
    await heard(25)
    assert.deepEqual(told(), [20, 21, 22, 23, 24, 25])
  })

  it('is judged where the live packet was lost', async () => {
    const pi = await device('sauna')
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

  it('asks a device to go back when it begins after what is kept, and gets everything', async () => {
    const pi = await device('attic')
    await pi.send(pi.batch(1, [1, 2, 3]))
    assert.equal((await pi.send(pi.batch(6, [6, 7], { oldest: 1 }))).seq, 3)
    assert.deepEqual(values('attic'), [1, 2, 3])
    assert.equal((await pi.send(pi.batch(4, [4, 5, 6, 7], { oldest: 1 }))).seq, 7)
    assert.deepEqual(values('attic').toSorted(), [1, 2, 3, 4, 5, 6, 7])
  })

  it('shows what is lost as a gap, with from and to', async () => {
    const pi = await device('cellar')
    await pi.send(pi.batch(1, [1]))
    const batch = pi.batch(2, [0, 0, 0, 0, 9])
    await pi.send({ ...batch, rows: batch.rows.slice(4) })
    const gaps = await record.house.get<Record<string, unknown>[]>(`/api/gaps?device=${pi.id}`)
    assert.partialDeepStrictEqual(gaps, [{ device: pi.id, epoch: pi.epoch, from: 2, to: 5, count: 4 }])
    const devices = await record.house.get<ListedDevice[]>('/api/devices')
    assert.partialDeepStrictEqual(
      devices.find(({ id }) => id === pi.id),
      { epoch: pi.epoch, seq: 6, missing: 4 },
    )
  })

  it('tells a device whose card was rolled back to begin anew, and loses nothing of it', async () => {
    const pi = await device('porch')
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

describe('A topic that nobody has sent on before', () => {
  let house: TestMonitor
  before(async () => {
    house = await startTestMonitor()
  })
  after(() => house?.close())

  it('is shown at once, and its reading is no row of its own where a device with a record claims it within 2 s', async () => {
    const client = await house.client()
    const pi = new Device(client, 'pi-late', 'pantry')
    await pi.live(21)
    await eventually(async () => (await house.get<Room[]>('/api/rooms')).some(({ room }) => room === 'pantry'))
    await pi.begin()
    await pi.send(pi.batch(1, [21]))
    await client.publishAsync('home/garden/temperature', '5', { qos: 1 })
    await eventually(() => house.rows<ReadingEvent>("SELECT * FROM readings WHERE room = 'garden'").length === 1)
    assert.deepEqual(
      house.rows<ReadingEvent>("SELECT * FROM readings WHERE room = 'pantry'").map(({ device, value }) => [device, value]),
      [['pi-late', 21]],
    )
  })
  it('changes no alert by what had waited when the record has overtaken it', async () => {
    const client = await house.client()
    const pi = new Device(client, 'pi-overtaken', 'attic')
    await pi.live(20)
    await client.publishAsync('home/terrace/temperature', '5', { qos: 1 })
    await pi.begin()
    await pi.send(pi.batch(1, [20, 40]))
    await eventually(() => house.rows<ReadingEvent>("SELECT * FROM readings WHERE room = 'terrace'").length === 1)
    const alerts = house.rows<Alert>("SELECT * FROM alert_log WHERE room = 'attic' AND rule = 'too-hot'")
    assert.deepEqual(
      alerts.map(({ state }) => state),
      ['firing'],
    )
  })
})
