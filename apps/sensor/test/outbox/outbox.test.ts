import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { quality } from '../../outbox/clock.ts'
import { noon, outboxFolder, tick, ticks } from '../outbox-folder.ts'

describe('the outbox', () => {
  let at: ReturnType<typeof outboxFolder>
  beforeEach(() => {
    at = outboxFolder()
  })
  afterEach(() => at.end())

  it('numbers rows from 1, and continues after a restart with the same epoch and cursor', () => {
    const before = at.open()
    assert.match(before.epoch, /^[0-9a-f]{16}$/)
    before.append(ticks(3))
    before.moveCursor(2)
    at.close(before)
    const after = at.open()
    assert.deepEqual([after.epoch, after.cursor, after.last, after.unacknowledged], [before.epoch, 2, 3, 1])
    assert.deepEqual(
      after.append([tick(noon + 60_000, 5)]).map(({ seq }) => seq),
      [4],
    )
  })

  it('returns the rows after the cursor as the next batch', () => {
    const outbox = at.open()
    outbox.append(ticks(5))
    outbox.moveCursor(3)
    assert.deepEqual(outbox.nextBatch(500, 48_000), {
      rows: [
        { seq: 4, time: noon + 30_000, values: { temperature: 3 } },
        { seq: 5, time: noon + 40_000, values: { temperature: 4 } },
      ],
      trusted: true,
      oldest: 1,
    })
    outbox.moveCursor(5)
    assert.equal(outbox.nextBatch(500, 48_000), null)
  })

  it('returns rows again after a rewind', () => {
    const outbox = at.open()
    outbox.append(ticks(5))
    outbox.moveCursor(5)
    outbox.moveCursor(1)
    assert.deepEqual([outbox.unacknowledged, outbox.nextBatch(500, 48_000)?.rows.length], [4, 4])
  })

  it('limits a batch by rows and bytes, but returns at least one row', () => {
    const outbox = at.open()
    outbox.append(ticks(100))
    assert.equal(outbox.nextBatch(60, 48_000)?.rows.length, 60)
    const rows = outbox.nextBatch(60, 1000)?.rows ?? []
    assert.ok(JSON.stringify(rows.map(({ seq, time, values }) => [seq, time, values])).length <= 1000 && rows.length > 15)
    assert.equal(outbox.nextBatch(60, 1)?.rows.length, 1)
  })

  it('does not mix trusted and untrusted times in a batch', () => {
    const outbox = at.open()
    const worths = [quality.unsure, quality.guessed, quality.trusted, quality.trusted, quality.unsure]
    outbox.append(worths.map((worth, i) => tick(noon + i, i, { worth })))
    const seen: [number, boolean | undefined][] = []
    for (let load = outbox.nextBatch(500, 48_000); load; load = outbox.nextBatch(500, 48_000)) {
      seen.push([load.rows.length, load.trusted])
      outbox.moveCursor(load.rows.at(-1)?.seq ?? 0)
    }
    assert.deepEqual(seen, [
      [2, false],
      [2, true],
      [1, false],
    ])
  })

  it('appends all ticks of one call or none', () => {
    const outbox = at.open()
    outbox.append(ticks(2))
    assert.throws(() => outbox.append([tick(noon + 30_000, 1), { ...tick(noon + 40_000, 1), uptime: 0.5 }]))
    assert.deepEqual([outbox.last, outbox.unacknowledged, outbox.nextBatch(9, 9999)?.rows.length], [2, 2, 2])
    assert.deepEqual(
      outbox.append([tick(noon + 30_000, 1)]).map(({ seq, time }) => [seq, time]),
      [[3, noon + 30_000]],
    )
  })

  it('gives each row a unique time, also after the clock was set back', () => {
    const outbox = at.open()
    outbox.append(ticks(3))
    const times = (rows: { time: number }[]) => rows.map(({ time }) => time - noon)
    assert.deepEqual(times(outbox.append([tick(noon, 7), tick(noon, 8), tick(noon + 1, 9), tick(noon + 5000, 9)])), [1, 2, 3, 5000])
    at.close(outbox)
    assert.deepEqual(times(at.open().append([tick(noon + 20_000, 7), tick(noon + 2, 8)])), [20_001, 4])
  })

  it('does not send rows without a time, nor the rows after them', () => {
    const outbox = at.open()
    outbox.append(ticks(2))
    assert.deepEqual(outbox.append([tick(0, 20, { worth: quality.waiting, uptime: 5000 })]), [])
    outbox.append([tick(0, 21, { worth: quality.waiting, uptime: 15_000 })])
    assert.deepEqual([outbox.last, outbox.unacknowledged, outbox.nextBatch(9, 9999)?.rows.length], [2, 4, 2])
    const stamped = outbox.stamp(noon + 3_600_000, quality.trusted)
    assert.deepEqual(
      stamped.map(({ seq, time }) => [seq, time - noon]),
      [
        [3, 3_605_000],
        [4, 3_615_000],
      ],
    )
    assert.deepEqual([outbox.last, outbox.nextBatch(9, 9999)?.rows.length], [4, 4])
    assert.deepEqual(outbox.stamp(noon, quality.trusted), [])
  })

  it('guesses the times of rows that still waited when the machine stopped', () => {
    const before = at.open({ boot: 1 })
    before.append(ticks(1))
    before.append([tick(0, 20, { worth: quality.waiting, uptime: 5000 }), tick(0, 21, { worth: quality.waiting, uptime: 15_000 })])
    at.close(before)
    const outbox = at.open({ boot: 2 })
    outbox.moveCursor(1)
    const load = outbox.nextBatch(9, 9999)
    assert.deepEqual(
      load?.rows.map(({ time }) => time - noon),
      [5000, 15_000],
    )
    assert.equal(load?.trusted, false)
  })

  it('knows the trusted clock of this run of the machine, but not of an earlier one', () => {
    const before = at.open({ boot: 1 })
    before.append([tick(noon, 1, { uptime: 60_000 })])
    assert.deepEqual(before.knownTimes, { newestTime: noon, trustedOrigin: noon - 60_000 })
    before.append([tick(noon + 9e9, 1, { uptime: 61_000, worth: quality.unsure })])
    assert.deepEqual(before.knownTimes, { newestTime: noon, trustedOrigin: noon - 60_000 })
    at.close(before)
    assert.deepEqual(at.open({ boot: 2 }).knownTimes, { newestTime: noon, trustedOrigin: null })
  })

  it('numbers all remaining rows from 1 after a fork, none of them acknowledged', () => {
    const outbox = at.open()
    outbox.append(ticks(10))
    outbox.moveCursor(4)
    outbox.quarantine(6)
    const { epoch } = outbox
    outbox.fork()
    assert.notEqual(outbox.epoch, epoch)
    assert.deepEqual([outbox.cursor, outbox.last, outbox.unacknowledged], [0, 9, 9])
    const rows = outbox.nextBatch(500, 48_000)?.rows ?? []
    assert.deepEqual(
      rows.map(({ seq, values }) => [seq, values.temperature]),
      [0, 1, 2, 3, 4, 6, 7, 8, 9].map((value, i) => [i + 1, value]),
    )
    const forked = outbox.epoch
    at.close(outbox)
    const after = at.open()
    assert.deepEqual([after.epoch, after.cursor, after.last], [forked, 0, 9])
    assert.equal(after.append([tick(noon + 999_999, 1)])[0]?.seq, 10)
  })

  it('moves a refused row to quarantine and never uses its number again', () => {
    const before = at.open()
    before.append(ticks(3))
    before.quarantine(3)
    assert.deepEqual([before.unacknowledged, before.nextBatch(9, 9999)?.rows.map(({ seq }) => seq)], [2, [1, 2]])
    before.quarantine(3)
    assert.equal(before.unacknowledged, 2)
    at.close(before)
    const after = at.open()
    assert.deepEqual([after.last, after.unacknowledged, after.append([tick(noon + 99_999, 1)])[0]?.seq], [3, 2, 4])
  })

  it('counts rows that were lost before they could be written', () => {
    const before = at.open()
    before.append(ticks(1), 3)
    assert.equal(before.dropped, 3)
    at.close(before)
    assert.equal(at.open().dropped, 3)
  })
})
