import { day, second } from '@hearthwatch/protocol/durations'
import { memberOf } from './json.ts'

/** This software did not exist before; a device without a clock says 1970. ms */
const earliest = Date.UTC(2024, 0, 1)
const withZone = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/

/** A time in ms that may be one of ours: not before 2024 and at most a day ahead. @returns null for any other */
export function timeIn(value: unknown, unit: 'ms' | 's', now: number): number | null {
  let time = Number.NaN
  if (typeof value === 'string' && withZone.test(value)) time = Date.parse(value.replace(' ', 'T'))
  else if (typeof value === 'number') time = unit === 's' ? Math.round(value * second) : value
  return Number.isSafeInteger(time) && time >= earliest && time <= now + day ? time : null
}

/** The own time of a JSON state: `last_seen`, `time` in ms, or `last_updated_ts` in s. */
export function ownTime(state: unknown, now: number): number | null {
  const time = memberOf(state, 'time')
  return (
    timeIn(memberOf(state, 'last_seen'), 'ms', now) ??
    (typeof time === 'number' ? timeIn(time, 'ms', now) : null) ??
    timeIn(memberOf(state, 'last_updated_ts'), 's', now)
  )
}
