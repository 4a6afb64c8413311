import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Batch } from '@hearthwatch/protocol'
import fc from 'fast-check'
import { judgeBatch, noProgress, type Progress, type Verdict } from '../../delivery/receiver.ts'

const batch = (from: number, to: number, seqs: number[] = range(from, to), oldest?: number): Batch => ({
  device: 'pi-1',
  epoch: '0123456789abcdef',
  batch: 'b',
  from,
  to,
  now: 0,
  rows: seqs.map((seq) => ({ seq, time: seq * 1000, values: { temperature: seq } })),
  oldest,
  trusted: true,
})
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const always = () => true
const kept = (n: number): Progress => ({ kept: n, begun: n > 0, asked: null })
const seqs = (verdict: Verdict) => (verdict.kind === 'store' ? verdict.rows.map(({ seq }) => seq) : verdict.kind)

describe('a batch', () => {
  it('that follows the stored rows is stored', () => {
    const [after, verdict] = judgeBatch(kept(10), batch(11, 13), always)
    assert.deepEqual(after, kept(13))
    assert.deepEqual(verdict, { kind: 'store', rows: batch(11, 13).rows, gaps: [] })
  })

  it('that arrives twice adds no rows, and is acknowledged twice', () => {
    const [after, verdict] = judgeBatch(kept(13), batch(11, 13), always)
    assert.deepEqual(after, kept(13))
    assert.deepEqual(seqs(verdict), [])
  })

  it('that overlaps the stored rows adds only its new rows', () => {
    const [after, verdict] = judgeBatch(kept(12), batch(11, 14), always)
    assert.equal(after.kept, 14)
    assert.deepEqual(seqs(verdict), [13, 14])
  })

  it('declares the numbers missing in it lost', () => {
    const [after, verdict] = judgeBatch(kept(10), batch(11, 20, [12, 13, 17]), always)
    assert.equal(after.kept, 20)
    assert.deepEqual(verdict.kind === 'store' && verdict.gaps, [
      { from: 11, to: 11 },
      { from: 14, to: 16 },
      { from: 18, to: 20 },
    ])
  })

  it('has no gaps before the first row of an epoch, which is history', () => {
    const [after, verdict] = judgeBatch(noProgress, batch(1, 10, [7, 9, 10]), always)
    assert.deepEqual(after, kept(10))
    assert.deepEqual(verdict.kind === 'store' && verdict.gaps, [{ from: 8, to: 8 }])
  })

  it('that begins too late is answered by a rewind and not stored', () => {
    const [after, verdict] = judgeBatch(kept(10), batch(21, 30), always)
    assert.deepEqual(verdict, { kind: 'rewind' })
    assert.equal(after.kept, 10)
  })

  it('that begins too late a second time is stored: the device no longer has the rows before it', () => {
    const [asked] = judgeBatch(kept(10), batch(21, 30), always)
    const [after, verdict] = judgeBatch(asked, batch(21, 30), always)
    assert.equal(after.kept, 30)
    assert.deepEqual(verdict.kind === 'store' && verdict.gaps, [{ from: 11, to: 20 }])
  })

  it('that begins too late is never stored while the device states that it has older rows', () => {
    let progress = kept(10)
    for (let i = 0; i < 5; i += 1) {
      const [after, verdict] = judgeBatch(progress, batch(21, 30, range(21, 30), 5), always)
      assert.deepEqual(verdict, { kind: 'rewind' })
      progress = after
    }
    const [, verdict] = judgeBatch(progress, batch(21, 30, range(21, 30), 21), always)
    assert.deepEqual(verdict.kind === 'store' && verdict.gaps, [{ from: 11, to: 20 }])
  })

  it('that uses the number of another reading is a fork and changes no progress', () => {
    const [after, verdict] = judgeBatch(kept(10), batch(9, 12), ({ seq }) => seq !== 10)
    assert.deepEqual(verdict, { kind: 'fork' })
    assert.deepEqual(after, kept(10))
  })

  it('stores no number twice and leaves none unexplained, in any order of batches', () => {
    const anyBatch = fc
      .tuple(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 10 }),
        fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }),
        fc.boolean(),
      )
      .map(([from, length, present, says]) => {
        const rows = range(from, from + length).filter((_, i) => present[i])
        return batch(from, from + length, rows, says ? from : undefined)
      })
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 40 }), (batches) => {
        let progress = noProgress
        const stored = new Set<number>()
        const lost = new Set<number>()
        let first = Number.POSITIVE_INFINITY
        for (const one of batches) {
          const before = progress.kept
          const [after, verdict] = judgeBatch(progress, one, always)
          progress = after
          assert.ok(after.kept >= before)
          if (verdict.kind !== 'store') continue
          for (const { seq } of verdict.rows) {
            assert.ok(!stored.has(seq) && seq > before)
            stored.add(seq)
            first = Math.min(first, seq)
          }
          for (const { from, to } of verdict.gaps) for (const seq of range(from, to)) lost.add(seq)
        }
        for (const seq of range(1, progress.kept)) {
          assert.ok(stored.has(seq) !== (lost.has(seq) || seq < first), `number ${seq}`)
        }
      }),
    )
  })
})
