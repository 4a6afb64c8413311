import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import type { Batch } from '@hearthwatch/protocol'
import { type BatchSensors, startBatchSensors } from '@hearthwatch/testhouse/sensors/batch-sensor'

describe('A malformed batch', () => {
  let sensors: BatchSensors
  before(async () => {
    sensors = await startBatchSensors()
  })
  after(() => sensors?.monitor.close())
  const rows = (room: string) => sensors.rows(room)
  const values = (room: string) => sensors.values(room)
  const sensor = (room: string) => sensors.sensor(room)
  const rejected = async (reason: string) => {
    const metrics = await (await fetch(new URL('/metrics', sensors.monitor.url))).text()
    return Number(new RegExp(`hearthwatch_rejected_total\\{reason="${reason}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0)
  }

  it('with a value that cannot be stored is acknowledged, and its other values are stored', async () => {
    const pi = await sensor('shed')
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
    ['a number for to that is too large to count the missing rows', () => ({ to: 2 ** 53 - 1 })],
    ['a negative from', () => ({ from: -1 })],
    ['rows out of order', ({ rows }) => ({ rows: rows.toReversed().map(({ seq, time, values }) => [seq, time, values]) })],
    ['a row twice', ({ rows: [row] }) => ({ rows: [row, row].map((one) => [one?.seq, one?.time, one?.values]) })],
    ['a row too many', ({ rows: [row] }) => ({ to: 501, rows: Array.from({ length: 501 }, (_, i) => [i + 1, row?.time, row?.values]) })],
    ['another device’s id', () => ({ device: 'pi-99' })],
    ['a row that is null', () => ({ rows: [null] })],
    ['no rows', () => ({ rows: 7 })],
  ]
  for (const [name, change] of wrong) {
    it(`with ${name} is answered with “bad” and not stored`, async () => {
      const room = `workshop ${wrong.findIndex(([other]) => other === name)}`
      const pi = await sensor(room)
      const batch = pi.batch(1, [20, 21])
      const wire = { v: 1, ...batch, rows: batch.rows.map(({ seq, time, values }) => [seq, time, values]) }
      const ack = await pi.sendRaw(JSON.stringify({ ...wire, ...change(batch) }), batch.batch)
      assert.equal(ack.err, 'bad')
      assert.deepEqual(rows(room), [])
      assert.equal((await pi.send(batch)).err, undefined)
      assert.deepEqual(values(room), [20, 21])
    })
  }

  it('that cannot be unpacked or names no epoch is counted as rejected and not answered', async () => {
    const pi = await sensor('barn')
    const send = (payload: Buffer | string, retain = false) =>
      sensors.client.publishAsync(`device/${pi.id}/readings`, payload, { qos: 1, retain })
    const before = { zlib: await rejected('bad-zlib'), batch: await rejected('bad-batch') }
    await send(deflateSync(Buffer.alloc(50_000_000)))
    await send('{"v":1,"batch":"b","from":1,"to":1,"rows":[]}')
    await send('[]')
    assert.equal((await pi.send(pi.batch(1, [20]))).seq, 1)
    assert.equal((await rejected('bad-zlib')) - before.zlib, 1)
    assert.equal((await rejected('bad-batch')) - before.batch, 1)
  })
})
