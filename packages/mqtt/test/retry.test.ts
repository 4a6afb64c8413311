import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { defaultLimits as limits } from '../limits.ts'
import { afterEnding, backoff, type Ending, type Memory, noMemory } from '../retry.ts'

const unreachable: Ending = { how: 'unreachable', why: 'nothing listens there', held: 0 }
const lost = (held: number): Ending => ({ how: 'lost', why: 'the broker closed the connection', held })

function after(endings: Ending[], chance = 1) {
  let memory: Memory = noMemory
  return endings.map((ending) => {
    const next = afterEnding(memory, ending, chance, limits)
    memory = next.memory
    return next
  })
}

describe('the wait before the next attempt', () => {
  it('doubles from 1 s to 60 s', () => {
    assert.deepEqual(
      after(Array(9).fill(unreachable)).map(({ wait }) => wait),
      [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000],
    )
  })

  it('is a random half to all of it, however many attempts there were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, chance) => {
        const wait = backoff(attempts, chance, limits)
        const full = backoff(attempts, 1, limits)
        assert.ok(wait >= full / 2 && wait <= full && full >= 1000 && full <= 60_000)
      }),
    )
  })

  it('starts anew after a connection that held for 30 s', () => {
    assert.deepEqual(
      after([unreachable, unreachable, unreachable, lost(29_999), lost(30_000), unreachable]).map(({ wait }) => wait),
      [1000, 2000, 4000, 8000, 1000, 2000],
    )
  })
})

describe('a client id that somebody else uses', () => {
  it('is concluded when the broker closes us three times in a row within 5 s of accepting us', () => {
    const [first, second, third, fourth] = after([lost(100), lost(4999), lost(0), lost(0)])
    assert.equal(first?.state, 'connecting')
    assert.equal(second?.state, 'connecting')
    assert.equal(third?.state, 'taken')
    assert.equal(third?.wait, 60_000)
    assert.equal(fourth?.state, 'taken')
  })

  it('is not concluded where a connection held longer, did not come about, or was dropped by ourselves', () => {
    const dropped: Ending = { how: 'dropped', why: 'announcing failed', held: 10 }
    for (const between of [lost(5000), unreachable, dropped]) {
      const states = after([lost(1), lost(1), between, lost(1), lost(1)]).map(({ state }) => state)
      assert.deepEqual(states, Array(5).fill('connecting'))
    }
  })
})

describe('a refusal', () => {
  it('is tried again, less and less often', () => {
    const refused: Ending = { how: 'refused', why: 'bad user name or password', held: 0 }
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
