import type { ReadingEvent } from '@hearthwatch/api/events'

/** Start of the bucket in ms, its lowest, mean and highest value, and its number of readings. */
export type Point = readonly [time: number, min: number, mean: number, max: number, count: number]

export interface Series {
  points: readonly Point[]
  /** ms between the starts of two buckets; 0: each point is a reading */
  resolution: number
}

/** Usual ms between two points. */
export function usualStep({ points, resolution }: Series): number {
  const steps: number[] = []
  for (let i = 1; i < points.length; i += 1) steps.push((points[i]?.[0] ?? 0) - (points[i - 1]?.[0] ?? 0))
  steps.sort((a, b) => a - b)
  return Math.max(steps[Math.floor(steps.length / 2)] ?? 0, resolution, 1)
}

/** Longest ms between two points without a gap. */
const pauseOf = (series: Series) => usualStep(series) * (series.resolution === 0 ? 3 : 1.5)

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
  const pause = pauseOf(series)
  let before: number | undefined
  for (const point of series.points) {
    if (before !== undefined && point[0] - before > pause) push(made, before + shift + 1 + series.resolution / 2, null, null, null)
    push(made, placeOf(point, series.resolution) + shift, convert(point[2]), convert(point[1]), convert(point[3]))
    before = point[0]
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
  const pause = pauseOf(series)
  const { points, resolution } = series
  return points.slice(1).flatMap((point, i): [number, number][] => {
    const end = (points[i]?.[0] ?? 0) + resolution
    return point[0] - (points[i]?.[0] ?? 0) > pause ? [[end, point[0]]] : []
  })
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
  return best !== undefined && distance(best) <= pauseOf(series) ? best : undefined
}
