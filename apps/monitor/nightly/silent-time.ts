import { minute } from '@hearthwatch/protocol/durations'
import type { Point } from '../store/readings/readings.ts'

/** Shorter gaps are not counted, because many sensors publish only every ten minutes. ms */
const least = 20 * minute
/** A gap is counted if it is longer than this many usual intervals of the series. */
const intervals = 3

/**
 * Total time of a span without readings of a series, ms. The usual interval of the series decides which gaps count.
 * @param points buckets with readings, their start first, in order
 * @param isNew the series has no readings before the span; the time before its first reading is not counted
 */
export function silentFor(points: readonly Point[], from: number, to: number, isNew: boolean): number {
  const times = [...(isNew ? [] : [from]), ...points.map(([time]) => Math.max(time, from)), to]
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time))
  const inner = gaps.slice(isNew ? 0 : 1, -1).sort((a, b) => a - b)
  const usual = inner[Math.floor(inner.length / 2)] ?? 0
  const limit = Math.max(least, intervals * usual)
  return gaps.filter((gap) => gap > limit).reduce((sum, gap) => sum + gap, 0)
}
