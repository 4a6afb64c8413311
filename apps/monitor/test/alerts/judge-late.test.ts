import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeHouse } from '@hearthwatch/testhouse/judge'
import type { RuleDraft } from '../../rules/rule.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }

describe('What the record brings late', () => {
  /** Rows ten seconds apart from one second on, a value each. */
  const rows = (from: number, ...values: number[]) => values.map((value, i) => `${from + i * 10}:${value}`).join(' ')
  const slow = { ...tooHot, for: 60 }

  it('is one alert that is over, told as late, for each crossing that none covers', (t) => {
    const house = judgeHouse(t, [tooHot])
    house.record('kitchen', 'a', rows(0, 20, 31, 33, 31, 20, 20, 20, 20, 20, 31), 10_000)
    assert.deepEqual(
      [...new Set(house.hears())],
      ['late too-hot kitchen 10-10', 'late too-hot kitchen 10-20', 'late too-hot kitchen 10-30', 'late too-hot kitchen 90-90'],
    )
    assert.deepEqual(
      house.store.alerts.list({}).map(({ value, late, state }) => [value, late, state]),
      [
        [31, 1, 'resolved'],
        [33, 1, 'resolved'],
      ],
    )
  })

  it('is an alert only where it had lasted as long as the rule waits', (t) => {
    const house = judgeHouse(t, [slow])
    house.record('kitchen', 'a', rows(0, 31, 31, 31, 31, 31, 31, 20), 10_000)
    assert.deepEqual(house.hears(), [])
    house.record('kitchen', 'a', rows(100, 31, 31, 31, 31), 10_000)
    house.record('kitchen', 'a', rows(140, 31, 31, 31, 31, 20), 10_010)
    assert.deepEqual(house.hears(), ['late too-hot kitchen 100-160', 'late too-hot kitchen 100-170'])
  })

  it('is an alert of what had risen, and of what had fallen, by its lowest and highest of then', (t) => {
    const house = judgeHouse(t, [{ name: 'heats-up', quantity: 'temperature', condition: 'rises', limit: 5, window: 60 }])
    house.record('kitchen', 'a', rows(0, 20, 20, 22, 25, 25, 25, 25, 25), 10_000)
    assert.deepEqual([...new Set(house.hears())].at(0), 'late heats-up kitchen 30-30')
    assert.partialDeepStrictEqual(house.store.alerts.list({}), [{ condition: 'rises', value: 5, bound: 5, window: 60_000 }])
  })

  it('keeps the lowest value where it had been too cold', (t) => {
    const house = judgeHouse(t, [{ name: 'frost', quantity: 'temperature', condition: 'below', limit: 3 }])
    house.record('kitchen', 'a', rows(0, 2, 1, 2, 10), 10_000)
    assert.partialDeepStrictEqual(house.store.alerts.list({}), [{ condition: 'below', value: 1 }])
  })

  it('is told to nobody where it was silenced then, and stands in the history', (t) => {
    const house = judgeHouse(t, [tooHot])
    house.change(() => void house.store.silences.add({ room: 'kitchen', rule: null, from: 0, until: 100_000, comment: 'oven' }))
    house.record('kitchen', 'a', rows(0, 31, 31, 20), 10_000)
    assert.deepEqual([house.hears(), house.store.alerts.list({}).length], [[], 1])
    house.record('kitchen', 'a', rows(200, 31, 20), 10_000)
    assert.deepEqual(house.hears(), ['late too-hot kitchen 200-200'])
  })

  it('is nothing new where it was judged live', (t) => {
    const house = judgeHouse(t, [tooHot, { ...slow, name: 'slow' }])
    const values = [20, 31, 31, 31, 31, 31, 31, 31, 31, 20]
    for (const [i, value] of values.entries()) house.reading('kitchen', value, i * 10, { device: 'a' })
    const live = house.hears()
    assert.equal(live.length, 4)
    house.record('kitchen', 'a', rows(0, ...values), 100)
    assert.deepEqual(house.hears(), [])
  })

  it('is nothing new either while the live doubt about it goes on', (t) => {
    const house = judgeHouse(t, [slow])
    for (let second = 0; second <= 50; second += 10) house.reading('kitchen', 31, second, { device: 'a' })
    house.record('kitchen', 'a', rows(0, 31, 31, 31, 31, 31, 31), 55)
    house.reading('kitchen', 31, 60, { device: 'a' })
    house.record('kitchen', 'a', '60:31', 65)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
  })

  it('moves the machine where no live reading had come', (t) => {
    const house = judgeHouse(t, [slow])
    house.reading('kitchen', 20, 0, { device: 'a' })
    house.record('kitchen', 'a', rows(10, 31, 31, 31, 31, 31, 31, 31), 80)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
    house.reading('kitchen', 20, 90, { device: 'a' })
    assert.deepEqual(house.hears(), ['resolved too-hot kitchen'])
  })
})
