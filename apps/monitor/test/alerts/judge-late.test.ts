import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RuleDraft } from '../../rules/rule.ts'
import { startJudge } from './test-judge.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }

describe('A late crossing', () => {
  /** Rows every ten seconds, from this second on. */
  const rows = (from: number, ...values: number[]) => values.map((value, i) => `${from + i * 10}:${value}`).join(' ')
  const slow = { ...tooHot, for: 60 }

  it('raises one resolved alert, reported as late, if no other alert covers it', (t) => {
    const judge = startJudge(t, [tooHot])
    judge.batch('kitchen', 'a', rows(0, 20, 31, 33, 31, 20, 20, 20, 20, 20, 31), 10_000)
    assert.deepEqual(
      [...new Set(judge.notified())],
      ['late too-hot kitchen 10-10', 'late too-hot kitchen 10-20', 'late too-hot kitchen 10-30', 'late too-hot kitchen 90-90'],
    )
    assert.deepEqual(
      judge.store.alerts.list({}).map(({ value, late, state }) => [value, late, state]),
      [
        [31, 1, 'resolved'],
        [33, 1, 'resolved'],
      ],
    )
  })

  it('raises an alert only if it had lasted for the rule’s `for`', (t) => {
    const judge = startJudge(t, [slow])
    judge.batch('kitchen', 'a', rows(0, 31, 31, 31, 31, 31, 31, 20), 10_000)
    assert.deepEqual(judge.notified(), [])
    judge.batch('kitchen', 'a', rows(100, 31, 31, 31, 31), 10_000)
    judge.batch('kitchen', 'a', rows(140, 31, 31, 31, 31, 20), 10_010)
    assert.deepEqual(judge.notified(), ['late too-hot kitchen 100-160', 'late too-hot kitchen 100-170'])
  })

  it('raises an alert of `rises` by the readings of its own window', (t) => {
    const judge = startJudge(t, [{ name: 'heats-up', quantity: 'temperature', condition: 'rises', limit: 5, window: 60 }])
    judge.batch('kitchen', 'a', rows(0, 20, 20, 22, 25, 25, 25, 25, 25), 10_000)
    assert.deepEqual([...new Set(judge.notified())].at(0), 'late heats-up kitchen 30-30')
    assert.partialDeepStrictEqual(judge.store.alerts.list({}), [{ condition: 'rises', value: 5, bound: 5, window: 60_000 }])
  })

  it('records the lowest value if the rule is `below`', (t) => {
    const judge = startJudge(t, [{ name: 'frost', quantity: 'temperature', condition: 'below', limit: 3 }])
    judge.batch('kitchen', 'a', rows(0, 2, 1, 2, 10), 10_000)
    assert.partialDeepStrictEqual(judge.store.alerts.list({}), [{ condition: 'below', value: 1 }])
  })

  it('is not notified if a silence covered it, and is listed in the history', (t) => {
    const judge = startJudge(t, [tooHot])
    judge.change(() => void judge.store.silences.add({ room: 'kitchen', rule: null, from: 0, until: 100_000, comment: 'oven' }))
    judge.batch('kitchen', 'a', rows(0, 31, 31, 20), 10_000)
    assert.deepEqual([judge.notified(), judge.store.alerts.list({}).length], [[], 1])
    judge.batch('kitchen', 'a', rows(200, 31, 20), 10_000)
    assert.deepEqual(judge.notified(), ['late too-hot kitchen 200-200'])
  })

  it('raises no alert if it was judged live', (t) => {
    const judge = startJudge(t, [tooHot, { ...slow, name: 'slow' }])
    const values = [20, 31, 31, 31, 31, 31, 31, 31, 31, 20]
    for (const [i, value] of values.entries()) judge.reading('kitchen', value, i * 10, { device: 'a' })
    const live = judge.notified()
    assert.equal(live.length, 4)
    judge.batch('kitchen', 'a', rows(0, ...values), 100)
    assert.deepEqual(judge.notified(), [])
  })

  it('raises no alert while the live alert about it is pending', (t) => {
    const judge = startJudge(t, [slow])
    for (let second = 0; second <= 50; second += 10) judge.reading('kitchen', 31, second, { device: 'a' })
    judge.batch('kitchen', 'a', rows(0, 31, 31, 31, 31, 31, 31), 55)
    judge.reading('kitchen', 31, 60, { device: 'a' })
    judge.batch('kitchen', 'a', '60:31', 65)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
  })

  it('raises a current alert if it is recent and no live reading had arrived', (t) => {
    const judge = startJudge(t, [slow])
    judge.reading('kitchen', 20, 0, { device: 'a' })
    judge.batch('kitchen', 'a', rows(10, 31, 31, 31, 31, 31, 31, 31), 80)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
    judge.reading('kitchen', 20, 90, { device: 'a' })
    assert.deepEqual(judge.notified(), ['resolved too-hot kitchen'])
  })
})
