import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute, second } from '@hearthwatch/protocol/durations'
import { Mean, weigh } from '../mean.ts'

/** The mean of readings `[from, to, each, value]`, ms. */
function meanOf(...spans: [from: number, to: number, each: number, value: number][]): number {
  const readings: [time: number, value: number][] = []
  for (const [from, to, each, value] of spans) for (let time = from; time < to; time += each) readings.push([time, value])
  const weights = weigh(
    readings.map(([time]) => time),
    () => 0,
  )
  const mean = new Mean()
  for (const [i, [, value]] of readings.entries()) mean.add(value, weights[i] ?? 0)
  return mean.value
}
const near = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 0.01, `${found}, not ${expected}`)

describe('A mean', () => {
  it('weighs readings by time, so that a faster sensor does not count more', () => {
    near(meanOf([0, 12 * hour, 15 * minute, 20], [12 * hour, 24 * hour, 1.5 * second, 30]), 25)
    near(meanOf([0, 12 * hour, second, 20], [12 * hour, 24 * hour, 15 * minute, 30]), 25)
  })

  it('counts the last reading before a pause for the usual step, not for the pause', () => {
    near(meanOf([0, hour, minute, 20], [20 * hour, 21 * hour, minute, 30]), 25)
  })

  it('of readings at equal steps is the usual one, and of one reading its value', () => {
    near(meanOf([0, minute, minute, 20], [minute, 2 * minute, minute, 23], [2 * minute, 3 * minute, minute, 26]), 23)
    assert.equal(meanOf([0, 1, 1, 21]), 21)
  })

  it('is finite, even of the largest numbers', () => {
    const mean = new Mean()
    for (const value of [Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE]) mean.add(value, 7 * hour)
    assert.ok(Math.abs(mean.value / Number.MAX_VALUE - 1 / 3) < 1e-9)
  })
})
