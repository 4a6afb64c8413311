import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { day, minute, second } from '@hearthwatch/protocol/durations'
import { planRetry } from '../../notify/retry.ts'

const now = Date.UTC(2026, 10, 23)
const first = { attempts: 1, outages: 1, tried: now, retryAfter: null }

describe('A message that is not accepted', () => {
  it('is retried after 30 s, then after twice as long each time, up to an hour', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 20, 70].map((attempts) => {
      const retry = planRetry('later', { ...first, attempts }, now, 0)
      return retry.message === 'later' ? (retry.next - now) / second : retry.message
    })
    assert.deepEqual(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
  })

  it('is retried after a random extra delay, so that many messages are not retried together', () => {
    const next = (chance: number) => planRetry('later', first, now, chance)
    assert.deepEqual(next(0), { message: 'later', next: now + 30 * second, hold: null })
    assert.deepEqual(next(1), { message: 'later', next: now + 36 * second, hold: null })
  })

  it('is given up after three days, but not because a clock jumps ahead', () => {
    assert.equal(planRetry('later', { ...first, attempts: 70, tried: now - 3 * day + 1 }, now, 0).message, 'later')
    assert.equal(planRetry('later', { ...first, attempts: 70, tried: now - 3 * day }, now, 0).message, 'dead')
    assert.equal(planRetry('unreachable', { ...first, attempts: 70, tried: now - 3 * day }, now, 0).message, 'dead')
    assert.equal(planRetry('later', { ...first, attempts: 2, tried: now - 3650 * day }, now, 0).message, 'later')
  })

  it('is given up at once if the service refuses it for good', () => {
    assert.deepEqual(planRetry('refused', first, now, 0), { message: 'dead', hold: null })
  })
})

describe('A channel whose service cannot be reached', () => {
  it('is held for 30 s, then for twice as long each time, up to 5 minutes', () => {
    const holds = [1, 2, 3, 4, 5, 50].map((outages) => ((planRetry('unreachable', { ...first, outages }, now, 0).hold ?? 0) - now) / second)
    assert.deepEqual(holds, [30, 60, 120, 240, 300, 300])
  })
})

describe('A channel with a wrong password', () => {
  it('is retried every 10 minutes, and its messages are not given up', () => {
    const old = { attempts: 1000, outages: 0, tried: now - 30 * day, retryAfter: null }
    assert.deepEqual(planRetry('locked-out', old, now, 0), { message: 'paused', hold: now + 10 * minute })
  })
})
