import { minute } from '@hearthwatch/protocol/durations'
import { fitLine } from './slope.ts'

export type Trend = 'rising' | 'falling' | 'steady'

/** ms of the series that count */
const span = 40 * minute
/** ms of readings that a trend needs */
const least = 8 * minute

/** Smallest noticeable change per hour, in the quantity's unit */
const noticed: Record<string, number> = { '°C': 0.5, '%': 3, hPa: 0.8, ppm: 80 }

/**
 * The trend of a series: the slope of the best fitting line through its last minutes.
 * @param now ms
 * @returns null: too few readings
 */
export function trend(moments: readonly (readonly [time: number, value: number])[], unit: string, now: number): Trend | null {
  const last = moments.filter(([time]) => time > now - span)
  const [first, end] = [last[0], last.at(-1)]
  if (first === undefined || end === undefined || last.length < 3 || end[0] - first[0] < least || end[0] < now - span / 2) return null
  const { slope, mean } = fitLine(last)
  const perHour = slope * 60 * minute
  const threshold = noticed[unit] ?? Math.max(Math.abs(mean.value) * 0.05, 1e-9)
  return perHour > threshold ? 'rising' : perHour < -threshold ? 'falling' : 'steady'
}
