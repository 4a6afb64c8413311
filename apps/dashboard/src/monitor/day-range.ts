import { hour } from '@hearthwatch/protocol/durations'
import { periodAt } from '../words/calendar.ts'

/** A point of a series: ms, and a value or the mean of the readings around it. */
export type Moment = readonly [time: number, value: number]

/** The lowest and the highest reading of a local day. */
export interface DayRange {
  /** Start of the day, ms. */
  day: number
  min: Moment
  max: Moment
}

export const startOfDay = (time: number) => periodAt('day', time).from

/** The range with one more reading; a later day begins anew. */
export function withReading(range: DayRange | null, reading: Moment): DayRange {
  const [time, value] = reading
  if (range !== null && time < range.day) return range
  const day = range !== null && time - range.day < 23 * hour ? range.day : startOfDay(time)
  if (day !== range?.day) return { day, min: reading, max: reading }
  if (value >= range.min[1] && value <= range.max[1]) return range
  return { day, min: value < range.min[1] ? reading : range.min, max: value > range.max[1] ? reading : range.max }
}
