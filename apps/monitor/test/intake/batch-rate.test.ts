import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Batch } from '@hearthwatch/protocol'
import { day, hour, minute, second } from '@hearthwatch/protocol/durations'
import { batchBounds, limitBatchRate } from '../../intake/batch-rate.ts'

const start = Date.UTC(2026, 10, 1)

/** A batch of 500 rows, `step` ms apart, with as many series. */
function batch(device: string, step: number, series = 1): Batch {
  const values = Object.fromEntries(Array.from({ length: series }, (_, n) => [`shelf_${n}`, 20]))
  const rows = Array.from({ length: 500 }, (_, n) => ({ seq: n + 1, time: start - (500 - n) * step, values }))
  return { device, epoch: '0123456789abcdef', batch: 'b', from: 1, to: 500, now: start, rows, trusted: true }
}

/** Number of equal batches that are taken one right after the other. */
function taken(take: ReturnType<typeof limitBatchRate>, sent: Batch, at: number): number {
  let count = 0
  while (count < 10_000 && take(sent, at)) count += 1
  return count
}

describe('The batches of one device', () => {
  it('pass at once where an outbox is full: a million rows of three values', () => {
    const take = limitBatchRate()
    const months = batch('pi-1', 10 * second, 3)
    for (let n = 0; n < 1_000_000 / 500; n++) assert.ok(take(months, start), `batch ${n}`)
  })

  it('spread over years are cut off by their spans, and go on by the day', () => {
    const take = limitBatchRate()
    const years = batch('pi-bad', hour, 60)
    const most = Math.ceil(batchBounds.spans.most / (500 * 60))
    assert.equal(taken(take, years, start), most)
    assert.equal(taken(take, years, start + minute), 0)
    assert.ok(taken(take, years, start + 2 * day) <= 8)
  })

  it('of one span are cut off by their values, and go on by the second', () => {
    const take = limitBatchRate()
    const dense = batch('pi-bad', 1, 64)
    assert.equal(taken(take, dense, start), Math.ceil(batchBounds.values.most / (500 * 64)))
    assert.equal(taken(take, dense, start), 0)
    const later = taken(take, dense, start + 10 * second)
    assert.ok(later >= 2 && later <= 4, String(later))
  })

  it('of others pass beside them, also after the clock was set back', () => {
    const take = limitBatchRate()
    taken(take, batch('pi-bad', 1, 64), start)
    assert.ok(take(batch('pi-1', second), start))
    assert.ok(take(batch('pi-1', second), start - day))
    assert.ok(!take(batch('pi-bad', second), start - day))
    assert.ok(take(batch('pi-bad', second), start + second))
  })
})
