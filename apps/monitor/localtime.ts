import { hour, minute } from '@hearthwatch/protocol/durations'

/** A time zone by its IANA name; undefined: the machine's own. */
export type Zone = string | undefined

/** Formatters are slow to create, so they are kept. */
const formats = new Map<Zone, Intl.DateTimeFormat>()

function format(zone: Zone): Intl.DateTimeFormat {
  let found = formats.get(zone)
  if (found === undefined) {
    const numbers = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    found = new Intl.DateTimeFormat('en-US', { ...numbers, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn', timeZone: zone })
    formats.set(zone, found)
  }
  return found
}

/**
 * The local time at `now` (ms), written as if it were UTC: whole seconds, in ms. It skips an hour when daylight saving
 * begins, and repeats one when it ends.
 */
export function wallTime(now: number, zone: Zone): number {
  const shown = Object.fromEntries(
    format(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** A formatter of many times, ms: `2026-11-23 08:00:00`, without zone, as spreadsheets read it. */
export function localTimes(zone: Zone): (time: number) => string {
  // Clocks are a multiple of 15 minutes away from UTC, and change at one.
  const step = 15 * minute
  let [start, ahead] = [Number.NaN, 0]
  return (time) => {
    const begin = time - (((time % step) + step) % step)
    if (begin !== start) [start, ahead] = [begin, wallTime(begin, zone) - begin]
    return new Date(time + ahead).toISOString().slice(0, 19).replace('T', ' ')
  }
}

/** The local date at `now` (ms), as `2026-11-23`. */
export function localDate(now: number, zone: Zone): string {
  return new Date(wallTime(now, zone)).toISOString().slice(0, 10)
}

/**
 * A local date as a span of time: `from` inclusive, `to` exclusive, ms. A day on which daylight saving changes has 23 or
 * 25 hours. If the clock skips midnight, the day begins after the skip.
 * @param date as `2026-11-23`
 * @throws RangeError if the calendar has no such date
 */
export function dayBounds(date: string, zone: Zone): { from: number; to: number } {
  const midnight = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) throw new RangeError(`${date} is not a date`)
  return { from: momentAt(midnight, zone), to: momentAt(midnight + 24 * hour, zone) }
}

/** The last local dates, the oldest first, as spans of time; the last one is today until `now` (ms). */
export function lastDays(now: number, count: number, zone: Zone): { date: string; from: number; to: number }[] {
  const today = Date.parse(`${localDate(now, zone)}T00:00:00Z`)
  const midnights = Array.from({ length: count }, (_, i) => today - (count - 1 - i) * 24 * hour)
  const begins = midnights.map((midnight) => momentAt(midnight, zone))
  return midnights.map((midnight, i) => ({
    date: new Date(midnight).toISOString().slice(0, 10),
    from: begins[i] ?? now,
    to: begins[i + 1] ?? now,
  }))
}

/** The moment (ms) of this local time (see `wallTime`); if the clock skips it, the moment after. */
export function momentAt(wall: number, zone: Zone): number {
  // The world's clocks lie between 12 hours behind UTC and 14 ahead; in between, search by halves.
  let early = wall - 15 * hour
  let late = wall + 13 * hour
  while (late - early > 1000) {
    const middle = early + Math.floor((late - early) / 2000) * 1000
    if (wallTime(middle, zone) < wall) early = middle
    else late = middle
  }
  return late
}
