import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rounded } from '../src/parts/chart/pick.ts'
import { columns, extremes, nearest, type Point, pauses, withReading } from '../src/parts/chart/points.ts'

const raw = (...times: number[]): Point[] => times.map((time) => [time, 1, 1, 1, 1])
const same = (value: number) => value

describe('The points of a chart', () => {
  it('the line is interrupted exactly at gaps', () => {
    const series = { resolution: 0, points: raw(0, 10, 20, 31, 100, 110) }
    assert.deepEqual(pauses(series), [[31, 100]])
    const [times, means] = columns(series, 0, same)
    assert.deepEqual(times, [0, 10, 20, 31, 32, 100, 110])
    assert.deepEqual(means, [1, 1, 1, 1, null, 1, 1])
  })

  it('the line of a slow sensor is not interrupted', () => {
    assert.deepEqual(pauses({ resolution: 0, points: raw(0, 10, 20, 30) }, 50), [])
    assert.deepEqual(pauses({ resolution: 0, points: raw(0, 10, 20, 30) }, 100), [[30, 100]])
    assert.deepEqual(pauses({ resolution: 300, points: raw(0, 3600, 7200, 10_800) }), [])
    assert.deepEqual(pauses({ resolution: 300, points: raw(0, 300, 600, 1200, 1500) }), [[900, 1200]])
  })

  it('a stretch of longer steps is no row of gaps, but an outage in either stretch is one', () => {
    const minutes = Array.from({ length: 60 }, (_, i) => i * 60)
    const quarters = Array.from({ length: 12 }, (_, i) => 3540 + (i + 1) * 900)
    assert.deepEqual(pauses({ resolution: 0, points: raw(...minutes, ...quarters) }), [])
    const missed = [...minutes.filter((time) => time < 1200 || time > 1800), ...quarters.filter((time) => time < 6000 || time > 9500)]
    const gaps = pauses({ resolution: 0, points: raw(...missed) })
    assert.deepEqual(
      gaps.map(([from]) => from),
      [1140, 5340],
    )
  })

  it('points lie in the middle of their buckets, shifted and converted', () => {
    const [times, means, mins, maxs] = columns({ resolution: 100, points: [[1000, 1, 2, 3, 4]] }, 5000, (value) => value * 10)
    assert.deepEqual([times, means, mins, maxs], [[6050], [20], [10], [30]])
  })

  it('a new reading becomes a point or joins its bucket', () => {
    const few = withReading({ resolution: 0, points: raw(10) }, { time: 20, value: 5 })
    assert.deepEqual(few.points.at(-1), [20, 5, 5, 5, 1])
    assert.equal(withReading(few, { time: 15, value: 1 }).points, few.points)

    const buckets = { resolution: 100, points: [[100, 1, 2, 3, 3]] as Point[] }
    assert.deepEqual(withReading(buckets, { time: 150, value: 6 }).points, [[100, 1, 3, 6, 4]])
    assert.deepEqual(withReading(buckets, { time: 203, value: 6 }).points.at(-1), [200, 6, 6, 6, 1])
    assert.equal(withReading(buckets, { time: 99, value: 6 }).points, buckets.points)
  })

  it('lowest, highest and mean are those of all readings, the mean weighed by time', () => {
    const points: Point[] = [
      [0, 1, 2, 3, 9],
      [100, 0, 12, 20, 1],
      [200, -50, 0, 50, 5],
    ]
    const found = extremes({ resolution: 100, points }, 0, 150)
    assert.deepEqual([found?.min[1], found?.max[3], found?.mean], [0, 20, 7])
    assert.equal(extremes({ resolution: 100, points }, 500, 600), undefined)
  })

  it('the nearest point is found, but not across a gap', () => {
    const series = { resolution: 0, points: raw(0, 10, 20, 1000) }
    assert.equal(nearest(series, 14)?.[0], 10)
    assert.equal(nearest(series, 980)?.[0], 1000)
    assert.equal(nearest(series, 500), undefined)
    assert.equal(nearest({ resolution: 0, points: [] }, 1), undefined)
  })
})

describe('A value that is picked in a chart', () => {
  it('a picked value is rounded to what one can point at', () => {
    assert.equal(rounded(21.4379, 8), 21.4)
    assert.equal(rounded(-18.66, 2), -18.66)
    assert.equal(rounded(63.7, 60), 64)
    assert.equal(rounded(1187.3, 900), 1190)
    assert.equal(rounded(5, 0), 5)
  })
})
