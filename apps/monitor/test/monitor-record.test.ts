import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { type Ack, type Batch, readAck, writeBatch } from '@hearthwatch/protocol'
import type { MqttClient } from 'mqtt'
import { type Inbox, startInbox } from '../../../test/inbox.ts'
import { eventually, type House, startHouse } from './house.ts'

interface Reading {
  room: string
  quantity: string
  device: string | null
  time: number
  value: number
}
interface Alert {
  rule: string
  room: string
  state: string
}

const interval = 10_000
const minute = 60_000

/** A device that keeps a record, as its peer sees it. */
class Device {
  readonly id: string
  readonly room: string
  epoch = randomBytes(8).toString('hex')
  readonly #client: MqttClient
  readonly #acks: Ack[] = []
  #count = 0

  constructor(client: MqttClient, id: string, room: string) {
    this.#client = client
    this.id = id
    this.room = room
    client.on('message', (topic, payload) => {
      if (topic === `device/${id}/ack`) this.#acks.push(readAck(payload))
    })
  }

  async begin(): Promise<this> {
    await this.#client.subscribeAsync(`device/${this.id}/ack`, { qos: 1 })
    const readings = [{ key: 'temperature', topic: `home/${this.room}/temperature` }]
    const info = {
      id: this.id,
      room: this.room,
      epoch: this.epoch,
      interval: interval / 1000,
      status: `device/${this.id}/status`,
      readings,
    }
    await this.#client.publishAsync(`device/${this.id}/info`, JSON.stringify(info), { qos: 1, retain: true })
    return this
  }

  live(value: number) {
    return this.#client.publishAsync(`home/${this.room}/temperature`, String(value), { qos: 0, retain: true })
  }

  /** A batch of temperatures; the last one is taken `age` ms ago. */
  batch(from: number, values: number[], { age = 0, ...other }: Partial<Batch> & { age?: number } = {}): Batch {
    const now = Date.now()
    this.#count += 1
    const rows = values.map((value, i) => ({
      seq: from + i,
      time: now - age - (values.length - 1 - i) * interval,
      values: { temperature: value },
    }))
    return {
      device: this.id,
      epoch: this.epoch,
      batch: `b${this.#count}`,
      from,
      to: from + values.length - 1,
      now,
      rows,
      trusted: true,
      ...other,
    }
  }

  async send(batch: Batch): Promise<Ack> {
    return this.sendRaw(writeBatch(batch), batch.batch)
  }

  async sendRaw(payload: Buffer | string, re: string, retain = false): Promise<Ack> {
    const seen = this.#acks.length
    await this.#client.publishAsync(`device/${this.id}/readings`, payload, { qos: 1, retain })
    return eventually(() => this.#acks.slice(seen).find((ack) => ack.re === re))
  }
}

describe('The record', () => {
  let house: House
  let client: MqttClient
  let inbox: Inbox
  let count = 0
  before(async () => {
    inbox = await startInbox()
    house = await startHouse({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example' })
    client = await house.client()
    client.setMaxListeners(0)
  })
  after(async () => {
    await house?.close()
    await inbox.close()
  })
  const rows = (room: string) => house.rows<Reading>('SELECT * FROM readings ORDER BY time').filter((row) => row.room === room)
  const values = (room: string) => rows(room).map(({ value }) => value)
  const alerts = (room: string) => house.rows<Alert>('SELECT * FROM alert_log').filter((alert) => alert.room === room)
  const device = (room: string) => {
    count += 1
    return new Device(client, `pi-${count}`, room).begin()
  }
  const rejected = async (reason: string) => {
    const metrics = await (await fetch(new URL('/metrics', house.monitor.url))).text()
    return Number(new RegExp(`hearthwatch_rejected_total\\{reason="${reason}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0)
  }

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
    await eventually(async () => (await house.get<{ id: string }[]>('/api/devices')).some(({ id }) => id === pi.id))
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

  it('of long ago is kept as late, wakes nobody, and a crossing in it is told once in a digest', async () => {
    const pi = await device('loft')
    await pi.send(pi.batch(1, [20, 35, 36, 35, 20, 20], { age: 60 * minute }))
    await pi.send(pi.batch(7, [20, 20], { age: 30 * minute }))
    assert.deepEqual(values('loft'), [20, 35, 36, 35, 20, 20, 20, 20])
    assert.deepEqual(
      alerts('loft').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'resolved']],
    )
    const mail = await inbox.next(({ subject }) => subject.includes('loft'))
    assert.match(mail.subject, /loft 36\.0 °C: was too hot/)
    assert.equal(inbox.mails.filter(({ text }) => text.includes('loft')).length, 1)
    assert.deepEqual(house.rows("SELECT DISTINCT late FROM reading JOIN series ON id = series WHERE room = 'loft'"), [{ late: 1 }])
  })

  it('is judged as late where there is more behind it, however young it is: what is now comes with the last batch', async () => {
    const pi = await device('greenhouse')
    await pi.send(pi.batch(1, [20, 35, 35], { age: 3 * minute }))
    const states = () => alerts('greenhouse').map(({ state }) => state)
    assert.deepEqual(states(), ['resolved'])
    await pi.live(20)
    await pi.send(pi.batch(4, [20, 36, 20, 20], { age: 0 }))
    assert.deepEqual(states(), ['resolved', 'resolved'])
  })

  it('is judged as late where the device’s clock was ahead and has been put back, and what comes then as now', async () => {
    const pi = await device('cellar')
    await pi.send(pi.batch(1, [20, 35], { age: -240 * minute }))
    assert.deepEqual(
      alerts('cellar').map(({ state }) => state),
      ['resolved'],
    )
    await pi.send(pi.batch(3, [35]))
    assert.deepEqual(
      alerts('cellar').map(({ state }) => state),
      ['resolved', 'firing'],
    )
  })

  it('makes one crossing of rows that come in several batches, each by a slower way', async () => {
    const pi = await device('veranda')
    const delayed = (ms: number) => ({ age: 60 * minute, now: Date.now() - ms })
    await pi.send(pi.batch(1, [20, 35], delayed(0)))
    await pi.send(pi.batch(3, [36, 20], { ...delayed(3000), age: 60 * minute - 2 * interval }))
    assert.deepEqual(
      alerts('veranda').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'resolved']],
    )
  })

  it('does not tell of a crossing again that a live reading has told of somewhat late', async () => {
    const pi = await device('winter-garden')
    await eventually(async () => (await house.get<{ id: string }[]>('/api/devices')).some(({ id }) => id === pi.id))
    await pi.live(35)
    await eventually(() => alerts('winter-garden').length === 1)
    await pi.send(pi.batch(1, [20, 35, 35], { age: 3000 }))
    assert.deepEqual(
      alerts('winter-garden').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'firing']],
    )
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
    const gaps = await house.get<Record<string, unknown>[]>(`/api/gaps?device=${pi.id}`)
    assert.partialDeepStrictEqual(gaps, [{ device: pi.id, epoch: pi.epoch, from: 2, to: 5, count: 4 }])
    const devices = await house.get<{ id: string }[]>('/api/devices')
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

  it('covers a value that cannot be stored, and keeps the others', async () => {
    const pi = await device('shed')
    const batch = pi.batch(1, [20, 20])
    const values_ = JSON.parse('{"temperature":999,"humidity":40,"__proto__":1,"Bad Key":2,"fridge/temperature":4}')
    const [first, second] = batch.rows
    assert.ok(first && second)
    const ack = await pi.send({
      ...batch,
      rows: [
        { ...first, values: values_ },
        { ...second, time: 5 },
      ],
    })
    assert.deepEqual([ack.seq, ack.err], [2, undefined])
    assert.deepEqual(
      rows('shed').map(({ quantity, value }) => [quantity, value]),
      [['humidity', 40]],
    )
    assert.deepEqual(values('fridge'), [4])
    assert.equal(
      (
        await pi.send({
          ...batch,
          batch: 'again',
          rows: [
            { ...first, values: values_ },
            { ...second, time: 5 },
          ],
        })
      ).err,
      undefined,
    )
  })

  const wrong: [name: string, change: (batch: Batch) => object][] = [
    ['from after to', (batch) => ({ from: batch.to + 1, to: batch.from })],
    ['a fraction for from', () => ({ from: 1.5 })],
    ['2⁵³ for to', () => ({ to: 2 ** 53 })],
    ['a number for to that no card ever reaches: what it would declare lost could not be counted', () => ({ to: 2 ** 53 - 1 })],
    ['a negative from', () => ({ from: -1 })],
    ['rows out of order', ({ rows }) => ({ rows: rows.toReversed().map(({ seq, time, values }) => [seq, time, values]) })],
    ['a row twice', ({ rows: [row] }) => ({ rows: [row, row].map((one) => [one?.seq, one?.time, one?.values]) })],
    ['a row too many', ({ rows: [row] }) => ({ to: 501, rows: Array.from({ length: 501 }, (_, i) => [i + 1, row?.time, row?.values]) })],
    ['another device’s id', () => ({ device: 'pi-99' })],
    ['a row that is none', () => ({ rows: [null] })],
    ['no rows', () => ({ rows: 7 })],
  ]
  for (const [name, change] of wrong) {
    it(`answers “bad” to a batch with ${name}, and keeps none of it`, async () => {
      const room = `workshop ${wrong.findIndex(([other]) => other === name)}`
      const pi = await device(room)
      const batch = pi.batch(1, [20, 21])
      const wire = { v: 1, ...batch, rows: batch.rows.map(({ seq, time, values }) => [seq, time, values]) }
      const ack = await pi.sendRaw(JSON.stringify({ ...wire, ...change(batch) }), batch.batch)
      assert.equal(ack.err, 'bad')
      assert.deepEqual(rows(room), [])
      assert.equal((await pi.send(batch)).err, undefined)
      assert.deepEqual(values(room), [20, 21])
    })
  }

  it('counts what cannot even be named (a zlib bomb, no epoch, retained old batches) and answers nothing', async () => {
    const pi = await device('barn')
    const send = (payload: Buffer | string, retain = false) => client.publishAsync(`device/${pi.id}/readings`, payload, { qos: 1, retain })
    const before = { zlib: await rejected('bad-zlib'), batch: await rejected('bad-batch') }
    await send(deflateSync(Buffer.alloc(50_000_000)))
    await send('{"v":1,"batch":"b","from":1,"to":1,"rows":[]}')
    await send('[]')
    assert.equal((await pi.send(pi.batch(1, [20]))).seq, 1)
    assert.equal((await rejected('bad-zlib')) - before.zlib, 1)
    assert.equal((await rejected('bad-batch')) - before.batch, 1)
  })
})

describe('A topic that nobody has sent on before', () => {
  let house: House
  before(async () => {
    house = await startHouse()
  })
  after(() => house?.close())

  it('is shown at once, and its reading is no row of its own where a device with a record claims it within 2 s', async () => {
    const client = await house.client()
    const pi = new Device(client, 'pi-late', 'pantry')
    await pi.live(21)
    await eventually(async () => (await house.get<{ room: string }[]>('/api/rooms')).some(({ room }) => room === 'pantry'))
    await pi.begin()
    await pi.send(pi.batch(1, [21]))
    await client.publishAsync('home/garden/temperature', '5', { qos: 1 })
    await eventually(() => house.rows<Reading>("SELECT * FROM readings WHERE room = 'garden'").length === 1)
    assert.deepEqual(
      house.rows<Reading>("SELECT * FROM readings WHERE room = 'pantry'").map(({ device, value }) => [device, value]),
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
    await eventually(() => house.rows<Reading>("SELECT * FROM readings WHERE room = 'terrace'").length === 1)
    const alerts = house.rows<Alert>("SELECT * FROM alert_log WHERE room = 'attic' AND rule = 'too-hot'")
    assert.deepEqual(
      alerts.map(({ state }) => state),
      ['firing'],
    )
  })
})
