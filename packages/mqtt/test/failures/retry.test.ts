import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { untranslated } from '../../failures/reason.ts'
import { afterEnding, backoff, type Ending, firstAttempt, type RetryState } from '../../failures/retry.ts'
import { defaultLimits as limits } from '../../limits.ts'

const unreachable: Ending = { how: 'unreachable', why: untranslated('no program listens on this port'), lasted: 0 }
const lost = (lasted: number): Ending => ({ how: 'lost', why: untranslated('the broker closed the connection'), lasted })

/** @param apart ms between two endings */
function after(endings: Ending[], chance = 1, apart = limits.lossesWithin) {
  let retry: RetryState = firstAttempt
  return endings.map((ending, index) => {
    const next = afterEnding(retry, ending, chance, limits, index * apart)
    retry = next.retry
    return next
  })
}

describe('the wait before the next attempt', () => {
  it('the wait doubles from 1 s to 60 s', () => {
    assert.deepEqual(
      after(Array(9).fill(unreachable)).map(({ wait }) => wait),
      [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000],
    )
  })

  it('the wait is between half and all of the full wait, after any number of attempts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, chance) => {
        const wait = backoff(attempts, chance, limits)
        const full = backoff(attempts, 1, limits)
        assert.ok(wait >= full / 2 && wait <= full && full >= 1000 && full <= 60_000)
      }),
    )
  })

  it('the wait is 1 s again after a connection that lasted 30 s', () => {
    assert.deepEqual(
      after([unreachable, unreachable, unreachable, lost(29_999), lost(30_000), unreachable]).map(({ wait }) => wait),
      [1000, 2000, 4000, 8000, 1000, 2000],
    )
  })
})

describe('a client id that another program uses', () => {
  it('three closes in a row within 5 s of being accepted mean that another program uses the client id', () => {
    const [first, second, third, fourth] = after([lost(100), lost(4999), lost(0), lost(0)])
    assert.equal(first?.state, 'connecting')
    assert.equal(second?.state, 'connecting')
    assert.equal(third?.state, 'taken')
    assert.equal(third?.wait, 60_000)
    assert.equal(fourth?.state, 'taken')
  })

  it('the count of early closes is reset by a connection that lasted longer, was never made, or was dropped by us', () => {
    const dropped: Ending = { how: 'dropped', why: untranslated('announcing failed'), lasted: 10 }
    for (const between of [lost(5000), unreachable, dropped]) {
      const states = after([lost(1), lost(1), between, lost(1), lost(1)]).map(({ state }) => state)
      assert.deepEqual(states, Array(5).fill('connecting'))
    }
  })
})

describe('a client id that a program takes over again and again', () => {
  const losses = (count: number) => Array<Ending>(count).fill(lost(20_000))
  const states = (endings: Ending[], apart: number) => after(endings, 1, apart).map(({ state }) => state)

  it('five lost connections within ten minutes mean it, however long each of them lasted', () => {
    assert.deepEqual(states(losses(5), 100_000), ['connecting', 'connecting', 'connecting', 'connecting', 'taken'])
    assert.ok(!states(losses(20), 151_000).includes('taken'), 'four in ten minutes do not')
  })

  it('a broker that cannot be reached in between has restarted', () => {
    const restarts = Array(10)
      .fill([lost(20_000), unreachable])
      .flat()
    assert.ok(!states(restarts, 1000).includes('taken'))
  })
})

describe('a takeover that the broker tells', () => {
  const taken: Ending = { how: 'taken', why: untranslated('another program uses our client id'), lasted: 20_000 }
  const closed: Ending = { how: 'closed', why: untranslated('the broker is shutting down'), lasted: 100 }

  it('is known at once: the first one of ten minutes waits a second, and the next one a minute', () => {
    const nexts = after([taken, taken], 1, 60_000)
    assert.deepEqual(
      nexts.map(({ state, wait }) => [state, wait]),
      [
        ['taken', 1000],
        ['taken', 60_000],
      ],
    )
    assert.equal(after([taken, taken], 1, limits.lossesWithin)[1]?.wait, 2000)
  })

  it('is not suspected behind any number of closes with another reason', () => {
    const nexts = after(Array(10).fill(closed), 1, 1000)
    assert.deepEqual(new Set(nexts.map(({ state }) => state)), new Set(['connecting']))
    assert.equal(nexts.at(-1)?.retry.losses.length, 0)
  })
})

describe('a refusal', () => {
  it('a refused connection is retried, at growing intervals', () => {
    const refused: Ending = { how: 'refused', why: untranslated('bad user name or password'), lasted: 0 }
    const nexts = after([refused, refused])
    assert.deepEqual(
      nexts.map(({ state, wait }) => [state, wait]),
      [
        ['refused', 1000],
        ['refused', 2000],
      ],
    )
  })
})
