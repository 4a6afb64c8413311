import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { day, minute, second } from '@hearthwatch/protocol/durations'
import { judgeFailure } from '../../notify/retry.ts'

const now = Date.UTC(2026, 10, 23)
const first = { attempts: 1, outages: 1, tried: now, wish: null }

describe('A message that is not taken', () => {
  it('is tried again after 30 s, then twice as long each time, up to an hour', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 20, 70].map((attempts) => {
      const verdict = judgeFailure('later', { ...first, attempts }, now, 0)
      return verdict.message === 'later' ? (verdict.next - now) / second : verdict.message
    })
    assert.deepEqual(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
  })

  it('comes back a little later by chance, so that many do not come back together', () => {
    const next = (chance: number) => judgeFailure('later', first, now, chance)
    assert.deepEqual(next(0), { message: 'later', next: now + 30 * second, hold: null })
    assert.deepEqual(next(1), { message: 'later', next: now + 36 * second, hold: null })
  })

  it('is given up after three days, but not by a clock that leaps ahead', () => {
    assert.equal(judgeFailure('later', { ...first, attempts: 70, tried: now - 3 * day + 1 }, now, 0).message, 'later')
    assert.equal(judgeFailure('later', { ...first, attempts: 70, tried: now - 3 * day }, now, 0).message, 'dead')
    assert.equal(judgeFailure('unreachable', { ...first, attempts: 70, tried: now - 3 * day }, now, 0).message, 'dead')
    assert.equal(judgeFailure('later', { ...first, attempts: 2, tried: now - 3650 * day }, now, 0).message, 'later')
  })

  it('is given up at once where it will never be taken', () => {
    assert.deepEqual(judgeFailure('refused', first, now, 0), { message: 'dead', hold: null })
  })
})

describe('A channel that reaches nobody', () => {
  it('is left alone for 30 s, then twice as long each time, but no longer than 5 minutes', () => {
    const holds = [1, 2, 3, 4, 5, 50].map(
      (outages) => ((judgeFailure('unreachable', { ...first, outages }, now, 0).hold ?? 0) - now) / second,
    )
    assert.deepEqual(holds, [30, 60, 120, 240, 300, 300])
  })
})

describe('A channel whose password is wrong', () => {
  it('is tried every 10 minutes, and its messages never grow too old for it', () => {
    const old = { attempts: 1000, outages: 0, tried: now - 30 * day, wish: null }
    assert.deepEqual(judgeFailure('locked-out', old, now, 0), { message: 'paused', hold: now + 10 * minute })
  })
})
