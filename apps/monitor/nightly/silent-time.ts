import type { Point } from '../store/readings/readings.ts'

/** Nobody is called silent for less, ms: many sensors speak every ten minutes or so. */
const least = 20 * 60_000
/** A sensor that speaks seldom is silent when it is missed for so many times its usual pause. */
const pauses = 3

/**
 * For how long of a span nothing was heard of a series, ms. What is a pause and what is silence its own pace decides.
 * @param points buckets with readings, their start first, in order
 * @param isNew it had not been heard before the span either: its silence begins with its first reading
 */
export function silentFor(points: readonly Point[], from: number, to: number, isNew: boolean): number {
  const times = [...(isNew ? [] : [from]), ...points.map(([time]) => Math.max(time, from)), to]
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time))
  const inner = gaps.slice(isNew ? 0 : 1, -1).sort((a, b) => a - b)
  const usual = inner[Math.floor(inner.length / 2)] ?? 0
  const limit = Math.max(least, pauses * usual)
  return gaps.filter((gap) => gap > limit).reduce((sum, gap) => sum + gap, 0)
}
