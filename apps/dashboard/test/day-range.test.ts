import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DayRange, type Moment, startOfDay, withReading } from '../src/monitor/day-range.ts'

const at = (text: string) => new Date(`2026-11-${text}`).getTime()
const rangeOf = (moments: readonly Moment[]) => moments.reduce<DayRange | null>(withReading, null)

describe('The lowest and highest value of a day', () => {
  it('the range has the first of equal values, with its time', () => {
    const range = rangeOf([
      [at('23T00:00'), 20],
      [at('23T06:00'), 17.5],
      [at('23T07:00'), 17.5],
      [at('23T14:00'), 24],
    ])
    assert.deepEqual(range, { day: at('23T00:00'), min: [at('23T06:00'), 17.5], max: [at('23T14:00'), 24] })
    assert.equal(withReading(range, [at('23T15:00'), 20]), range)
  })

  it('the range begins anew at midnight, and late readings of yesterday do not count', () => {
    const range = rangeOf([
      [at('23T12:00'), 10],
      [at('24T00:00'), 20],
    ])
    assert.deepEqual(range, { day: at('24T00:00'), min: [at('24T00:00'), 20], max: [at('24T00:00'), 20] })
    assert.equal(withReading(range, [at('23T23:00'), 5]), range)
    assert.equal(startOfDay(at('24T23:59')), at('24T00:00'))
  })
})
