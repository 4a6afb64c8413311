import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createUniqueTimes } from '../../outbox/unique-times.ts'

describe('unique times', () => {
  it('are never assigned twice, and are the first free one from the wanted time on', () => {
    const wantedTimes = fc.array(fc.oneof(fc.nat(30), fc.nat(3_000_000)), { maxLength: 200 })
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(3_000_000), { maxLength: 100 }), wantedTimes, (before, wanted) => {
        const taken = new Set(before)
        const times = createUniqueTimes(Math.max(0, ...before), (from, to) => [...taken].filter((time) => time >= from && time < to))
        for (const time of wanted) {
          let expected = time
          while (taken.has(expected)) expected += 1
          assert.equal(times.take(time), expected)
          taken.add(expected)
        }
      }),
    )
  })

  it('are not looked up while the clock goes forward', () => {
    let looked = 0
    const times = createUniqueTimes(0, () => {
      looked += 1
      return []
    })
    for (let time = 1; time < 1000; time += 1) times.take(time)
    assert.equal(looked, 0)
    for (let time = 1; time < 1000; time += 1) times.take(time)
    assert.equal(looked, 1)
  })
})
