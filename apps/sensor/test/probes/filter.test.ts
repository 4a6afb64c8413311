import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { applyFilter, type FilterState, newFilter } from '../../probes/filter.ts'
import type { Probe } from '../../probes/probe.ts'

/** The published values; null: rejected. */
function filter(values: readonly number[], quantity: Probe['quantity'] = 'temperature', interval = 10_000): (number | null)[] {
  let state: FilterState = newFilter
  return values.map((value, i) => {
    const result = applyFilter(state, value, quantity, i * interval)
    state = result.state
    return 'value' in result ? result.value : null
  })
}

describe('the filter of a probe', () => {
  for (const [quantity, wrong] of [
    ['temperature', [-101, 251, Number.NaN, Number.POSITIVE_INFINITY]],
    ['humidity', [-20, 120, 255]],
    ['pressure', [0, 299, 1201]],
  ] as const) {
    it(`rejects a ${quantity} out of range, also the first one`, () => {
      const good = quantity === 'pressure' ? 1013 : 50
      for (const value of wrong) assert.deepEqual(filter([value, good, value, good], quantity), [null, good, null, good])
    })
  }

  it('sets the humidity of a saturated probe to the end of the range', () => {
    assert.deepEqual(filter([98, 103.5, 119, 4, -6, 3], 'humidity').slice(0, 3), [98, 100, 100])
    assert.deepEqual(filter([-6], 'humidity'), [0])
  })

  it('rounds to three decimals', () => assert.deepEqual(filter([21.4375]), [21.438]))

  it('rejects a single wrong value, and accepts the next right one', () => {
    assert.deepEqual(filter([21, 85, 21.1, 21.2, -40, 21.3]), [21, null, 21.1, 21.2, null, 21.3])
  })

  it('accepts a true step with its second reading', () => {
    assert.deepEqual(filter([21, 60, 61, 62, 20, 20]), [21, null, 61, 62, null, 20])
  })

  it('recovers from a wrong first value with the second right one', () => {
    assert.deepEqual(filter([85, 21, 21.1, 21.2]), [85, null, 21.1, 21.2])
  })

  it('rejects values that agree with none before', () => {
    assert.deepEqual(filter([20, 80, 45, -10, 110, 20.5]), [20, null, null, null, null, 20.5])
  })

  it('follows a fast change in one direction', () => {
    const accepted = filter([20, 35, 50, 65, 80, 95, 110]).filter((value) => value !== null)
    assert.deepEqual(accepted, [20, 65, 110])
  })

  it('allows more over a longer time', () => {
    assert.deepEqual(filter([5, 30], 'temperature', 10 * 60_000), [5, 30])
    assert.deepEqual(filter([5, 30], 'temperature', 1000), [5, null])
  })

  it('never stops: of any steady course it accepts each value from the second on', () => {
    const any = fc.double({ min: -100, max: 250, noNaN: true })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 10 }), any, fc.integer({ min: -1e9, max: 1e9 }), (before, value, interval) => {
        const [, ...steady] = filter([...before, value, value, value], 'temperature', interval).slice(before.length)
        assert.deepEqual(
          steady,
          [value, value].map((exact) => Math.round(exact * 1000) / 1000),
        )
      }),
    )
  })
})
