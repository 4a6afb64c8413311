import type { ReadingEvent } from '@hearthwatch/api/events'
import { Mean, usualStep, weigh } from '@hearthwatch/api/mean'

/** Start of the bucket in ms, its lowest, mean and highest value, and its number of readings. */
export type Point = readonly [time: number, min: number, mean: number, max: number, count: number]

export interface Series {
  points: readonly Point[]
  /** ms between the starts of two buckets; 0: each point is a reading */
  resolution: number
}

/** Longest ms from point `i - 1` to point `i` without a gap. It is judged by the steps around it. */
function longestStep({ points, resolution }: Series, i: number): number {
  // Only the points around it are looked at.
  const first = Math.max(0, i - 6)
  const near = points.slice(first, i + 6).map(([time]) => time)
  return Math.max(usualStep(near, i - first), resolution, 1) * (resolution === 0 ? 3 : 1.5)
}

/** ms from a point to the one before it. */
const stepTo = ({ points }: Series, i: number) => (points[i]?.[0] ?? 0) - (points[i - 1]?.[0] ?? 0)

/** True if readings are missing between point `i - 1` and point `i`. */
const isGap = (series: Series, i: number) => stepTo(series, i) > longestStep(series, i)

/** The middle of the bucket. */
export const placeOf = (point: Point, resolution: number): number => point[0] + resolution / 2

export type Columns = [time: number[], mean: (number | null)[], min: (number | null)[], max: (number | null)[]]

/**
 * The points as columns, with a row of nulls in each gap.
 * @param shift ms to add to each time
 * @param convert converts a value to the shown unit
 */
export function columns(series: Series, shift: number, convert: (value: number) => number): Columns {
  const made: Columns = [[], [], [], []]
  for (const [i, point] of series.points.entries()) {
    const before = series.points[i - 1]
    if (before !== undefined && isGap(series, i)) push(made, before[0] + shift + 1 + series.resolution / 2, null, null, null)
    push(made, placeOf(point, series.resolution) + shift, convert(point[2]), convert(point[1]), convert(point[3]))
  }
  return made
}

function push([times, means, mins, maxs]: Columns, time: number, mean: number | null, min: number | null, max: number | null): void {
  times.push(time)
  means.push(mean)
  mins.push(min)
  maxs.push(max)
}

/** The gaps between points, and the one that is open at `end`, as [from, to] in ms. */
export function pauses(series: Series, end = 0): [number, number][] {
  const { points, resolution } = series
  const last = points.at(-1)
  const isOpen = last !== undefined && points.length > 2 && end - last[0] > longestStep(series, points.length)
  const open: [number, number][] = isOpen ? [[last[0] + resolution, end]] : []
  const closed = points
    .slice(1)
    .flatMap(([start], i): [number, number][] => (isGap(series, i + 1) ? [[(points[i]?.[0] ?? 0) + resolution, start]] : []))
  return [...closed, ...open]
}

/** Adds a new reading to the series; one older than the last point changes nothing. */
export function withReading({ points, resolution }: Series, { time, value }: Pick<ReadingEvent, 'time' | 'value'>): Series {
  const last = points.at(-1)
  if (resolution === 0) {
    if (last !== undefined && time <= last[0]) return { points, resolution }
    return { points: [...points, [time, value, value, value, 1]], resolution }
  }
  const start = time - (time % resolution)
  if (last === undefined || start > last[0]) return { points: [...points, [start, value, value, value, 1]], resolution }
  if (start < last[0]) return { points, resolution }
  const [, min, mean, max, count] = last
  const joined: Point = [start, Math.min(min, value), mean + (value - mean) / (count + 1), Math.max(max, value), count + 1]
  return { points: [...points.slice(0, -1), joined], resolution }
}

export interface Extremes {
  min: Point
  max: Point
  mean: number
}

/** The lowest and highest of all readings in [from, to], and their mean by time; undefined: no readings. */
export function extremes(series: Series, from: number, to: number): Extremes | undefined {
  const points = series.points.filter(([start]) => start + series.resolution >= from && start <= to)
  const weights = weigh(
    points.map(([start]) => start),
    () => series.resolution,
  )
  const mean = new Mean()
  let [min, max] = [points[0], points[0]]
  for (const [i, point] of points.entries()) {
    if (min === undefined || point[1] < min[1]) min = point
    if (max === undefined || point[3] > max[3]) max = point
    mean.add(point[2], weights[i] ?? 1)
  }
  return min && max && { min, max, mean: mean.value }
}

/** The point nearest to a time; undefined if it lies in a gap. */
export function nearest(series: Series, time: number): Point | undefined {
  const { points, resolution } = series
  let [low, high] = [0, points.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (placeOf(points[middle] as Point, resolution) < time) low = middle + 1
    else high = middle
  }
  const found = [points[low - 1], points[low]].filter((point) => point !== undefined)
  const distance = (point: Point) => Math.abs(placeOf(point, resolution) - time)
  const [best] = found.sort((a, b) => distance(a) - distance(b))
  return best !== undefined && distance(best) <= longestStep(series, low) ? best : undefined
}
