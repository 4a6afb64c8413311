import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { day } from '@hearthwatch/protocol/durations'
import { daysLeft } from '../../rules/battery-life.ts'

/** One value a day. */
const daily = (...charges: number[]) => charges.map((charge, i) => [i * day, charge] as const)
const falling = (from: number, perDay: number, days: number) => Array.from({ length: days }, (_, i) => from - i * perDay)

describe('The days that a battery lasts', () => {
  it('are those of its steady fall', () => {
    assert.equal(daysLeft(daily(...falling(80, 1, 31))), 50)
  })

  it('ignore the steps of a rounded value', () => {
    const steps = falling(80, 0.5, 40).map((charge) => Math.round(charge / 5) * 5)
    const left = daysLeft(daily(...steps)) ?? 0
    assert.ok(Math.abs(left - 121) < 15, `${left}`)
  })

  it('begin anew after it was charged or replaced', () => {
    assert.equal(daysLeft(daily(...falling(40, 2, 15), ...falling(100, 1, 11))), 90)
    assert.equal(daysLeft(daily(...falling(40, 2, 15), 100, 99, 98)), null, 'three days say nothing yet')
  })

  it('are unknown without a fall, and for less than a week', () => {
    assert.equal(daysLeft(daily(...falling(100, 0, 60))), null)
    assert.equal(daysLeft(daily(...falling(90, -0.1, 30))), null)
    assert.equal(daysLeft(daily(...falling(100, 0.05, 30))), null, 'noise')
    assert.equal(daysLeft(daily(...falling(80, 3, 7))), null)
    assert.equal(daysLeft([]), null)
  })

  it('are never negative', () => {
    assert.equal(daysLeft(daily(...falling(12, 1.5, 10))), 0)
  })

  it('are right for an hourly series with holes', () => {
    const points = falling(90, 1, 40).map((charge, i) => [i * day, charge] as const)
    assert.equal(daysLeft(points.filter((_, i) => i % 7 !== 3)), 51)
  })
})
