import type { ReadingEvent } from '@hearthwatch/api/events'

/** Start of the bucket in ms, its lowest, mean and highest value, and its number of readings. */
export type Point = readonly [time: number, min: number, mean: number, max: number, count: number]

export interface Series {
  points: readonly Point[]
  /** ms between the starts of two buckets; 0: each point is a reading */
  resolution: number
}

/** Steps on each side of a step that tell what is usual there. */
const neighbours = 5

/** ms from a point to the one before it. */
const stepTo = ({ points }: Series, i: number) => (points[i]?.[0] ?? 0) - (points[i - 1]?.[0] ?? 0)

function median(steps: number[]): number {
  steps.sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/**
 * Longest ms from point `i - 1` to point `i` without a gap. It is judged by the steps around it, on the side where they are
 * longer. A sensor may report each minute today and each quarter of an hour tomorrow.
 */
function longestStep(series: Series, i: number): number {
  const steps = (from: number, to: number) => {
    const found: number[] = []
    for (let k = Math.max(1, from); k < Math.min(to, series.points.length); k += 1) found.push(stepTo(series, k))
    return found
  }
  const usual = Math.max(median(steps(i - neighbours, i)), median(steps(i + 1, i + 1 + neighbours)), series.resolution, 1)
  return usual * (series.resolution === 0 ? 3 : 1.5)
}

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

/** The gaps between points, as [from, to] in ms. */
export function pauses(series: Series): [number, number][] {
  const { points, resolution } = series
  return points
    .slice(1)
    .flatMap(([start], i): [number, number][] => (isGap(series, i + 1) ? [[(points[i]?.[0] ?? 0) + resolution, start]] : []))
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

/** The lowest, highest and mean of all readings in [from, to]; undefined: no readings. */
export function extremes(series: Series, from: number, to: number): Extremes | undefined {
  let [min, max]: (Point | undefined)[] = []
  let [sum, count] = [0, 0]
  for (const point of series.points) {
    if (point[0] + series.resolution < from || point[0] > to) continue
    if (min === undefined || point[1] < min[1]) min = point
    if (max === undefined || point[3] > max[3]) max = point
    sum += point[2] * point[4]
    count += point[4]
  }
  return min && max && { min, max, mean: sum / count }
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
