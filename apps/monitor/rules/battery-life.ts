import { fitLine } from '@hearthwatch/api/slope'
import { day } from '@hearthwatch/protocol/durations'

/** A battery that gains this much was charged or replaced. % */
const rise = 5
/** Shortest time that shows a slope. ms */
const shortest = 7 * day
/** A fall of less is noise: a cold night, a rounded value. % */
const leastFall = 2

/** The time of the readings that `daysLeft` needs. ms */
export const batterySpan = 60 * day

/**
 * The days until a battery is empty, at the slope of the best fitting line since it was last charged or replaced.
 * @param charges daily means in %, the oldest first
 * @returns null: it does not fall, or was not seen for long enough
 */
export function daysLeft(charges: readonly (readonly [time: number, charge: number])[]): number | null {
  const since = charges.findLastIndex(([, charge], i) => i > 0 && charge - (charges[i - 1]?.[1] ?? charge) > rise)
  const recent = charges.slice(Math.max(0, since))
  const [first, last] = [recent[0], recent.at(-1)]
  if (first === undefined || last === undefined || last[0] - first[0] < shortest) return null
  const { slope, mean } = fitLine(recent)
  if (-slope * (last[0] - first[0]) < leastFall) return null
  const now = mean.value + slope * (last[0] - mean.time)
  return Math.max(0, Math.round(now / -slope / day))
}
