import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { digitsBeside } from '../../values/digits.ts'

const shown = (value: number, digits: number) =>
  new Intl.NumberFormat('en-US', { useGrouping: false, maximumFractionDigits: digits }).format(value)

describe('A number that is shown beside a limit', () => {
  const numbers: [value: number, limit: number, shown: string][] = [
    [30.04, 30, '30.04'],
    [30.1, 30, '30.1'],
    [30.06, 30, '30.1'],
    [30.0004, 30, '30.0004'],
    [29.96, 30, '29.96'],
    [30, 30, '30'],
    [29.97, 29.96, '30'],
    [29.964, 29.96, '30'],
    [-17.96, -18, '-17.96'],
    [-18.04, -18, '-18.04'],
    [-0.04, 0, '-0.04'],
    [50_000.4, 50_000, '50000.4'],
    [2.04, 2, '2.04'],
    [2, 2, '2'],
    [0.004, 0.003, '0.004'],
  ]
  for (const [value, limit, text] of numbers)
    it(`is ${text} for ${value} beside ${limit}`, () => assert.equal(shown(value, digitsBeside(value, limit, 1)), text))

  it('compares with the limit as the real number does, and a limit beside itself has all of its digits', () => {
    const number = fc.oneof(
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
      fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((n) => n / 100_000),
    )
    fc.assert(
      fc.property(number, number, fc.integer({ min: -50, max: 50 }), fc.constantFrom(0, 1, 2), (value, limit, near, least) => {
        for (const beside of [limit, Number((value + near / 10_000).toFixed(5))]) {
          const told = Number(shown(value, digitsBeside(value, beside, least)))
          assert.equal(Math.sign(told - beside), Math.sign(value - beside))
          assert.equal(Number(shown(beside, digitsBeside(beside, beside, least))), beside)
        }
      }),
    )
  })
})
