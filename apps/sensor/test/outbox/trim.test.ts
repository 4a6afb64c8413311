import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { quality } from '../../outbox/clock.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { aDay, noon, outboxFolder, tick, ticks } from '../outbox-folder.ts'

describe('trimming the outbox', () => {
  let at: ReturnType<typeof outboxFolder>
  beforeEach(() => {
    at = outboxFolder()
  })
  afterEach(() => at.end())

  function trimAll(outbox: Outbox, now: number, trusted = true): number {
    let steps = 1
    while (outbox.trim(now, trusted)) steps += 1
    return steps
  }
  /** The numbers of the remaining rows. */
  function left(outbox: Outbox): number[] {
    const { cursor } = outbox
    outbox.moveCursor(0)
    const seqs = outbox.nextBatch(100_000, 1e9)?.rows.map(({ seq }) => seq) ?? []
    outbox.moveCursor(cursor)
    return seqs
  }

  it('deletes acknowledged rows older than a week, in small steps', () => {
    const outbox = at.open()
    outbox.append(ticks(2000))
    outbox.moveCursor(1500)
    const steps = trimAll(outbox, noon + 7 * aDay + 1200 * 10_000)
    assert.ok(steps >= 3)
    assert.deepEqual([left(outbox)[0], left(outbox).length, outbox.dropped, outbox.unacknowledged], [1201, 800, 0, 500])
  })

  it('deletes no unacknowledged row, however old, while the limit is not exceeded', () => {
    const outbox = at.open()
    outbox.append(ticks(100))
    trimAll(outbox, noon + 70 * aDay)
    assert.deepEqual([left(outbox).length, outbox.dropped], [100, 0])
  })

  it('deletes no old row while the clock is not trusted', () => {
    const outbox = at.open()
    outbox.append(ticks(100))
    outbox.moveCursor(100)
    trimAll(outbox, noon + 3650 * aDay, false)
    assert.equal(left(outbox).length, 100)
  })

  it('deletes the oldest acknowledged rows first over the limit, and counts none as lost', () => {
    const outbox = at.open({ most: 100 })
    outbox.append(ticks(130))
    outbox.moveCursor(60)
    trimAll(outbox, noon + 1_300_000)
    assert.deepEqual([left(outbox)[0], left(outbox).length, outbox.dropped, outbox.unacknowledged], [31, 100, 0, 70])
  })

  it('deletes five in six unacknowledged rows older than a day over the limit, and counts each', () => {
    const outbox = at.open({ most: 1000 })
    outbox.append(ticks(600))
    outbox.append(ticks(700, noon + 2 * aDay))
    trimAll(outbox, noon + 2 * aDay + 7_000_000)
    const seqs = left(outbox)
    assert.deepEqual([seqs.length, outbox.dropped, outbox.unacknowledged], [1000, 300, 1000])
    const old = seqs.filter((seq) => seq <= 360)
    assert.ok(old.every((seq) => seq % 6 === 0) && old.length === 60, 'the oldest are thinned first')
    assert.ok(seqs.includes(361) && seqs.at(-1) === 1300)
  })

  it('deletes the oldest rows over the limit if no more can be thinned out', () => {
    const outbox = at.open({ most: 100 })
    outbox.append(ticks(600))
    outbox.append(ticks(100, noon + 2 * aDay))
    trimAll(outbox, noon + 2 * aDay + 1_000_000)
    assert.deepEqual(
      left(outbox),
      Array.from({ length: 100 }, (_, i) => 601 + i),
    )
    assert.equal(outbox.dropped, 600)
  })

  it('never lets a number be used twice', () => {
    const before = at.open({ most: 1 })
    before.append(ticks(3))
    before.moveCursor(3)
    trimAll(before, noon + 8 * aDay)
    assert.deepEqual(left(before), [])
    at.close(before)
    const after = at.open()
    assert.deepEqual([after.cursor, after.append([tick(noon + 9 * aDay, 1)])[0]?.seq, after.unacknowledged], [3, 4, 1])
  })

  it('deletes no row that waits for its time while there are others', () => {
    const outbox = at.open({ most: 2 })
    outbox.append([...ticks(2), tick(0, 1, { worth: quality.waiting })])
    trimAll(outbox, noon + 9 * aDay)
    outbox.stamp(noon + aDay, quality.trusted)
    assert.deepEqual(left(outbox), [2, 3])
  })

  it('counts lost rows across a restart', () => {
    const before = at.open({ most: 100 })
    before.append(ticks(130))
    trimAll(before, noon)
    at.close(before)
    assert.equal(at.open().dropped, 30)
  })
})
