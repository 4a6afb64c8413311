import { day } from '@hearthwatch/protocol/durations'
import { frame } from './frame.ts'
import { locale } from './language.ts'
import { number } from './numbers.ts'

const relative = new Map<string, Intl.RelativeTimeFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()

/** `3 min. ago` @param ms how long ago */
export function age(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 5) return frame().now
  let format = relative.get(locale.value)
  if (format === undefined) {
    format = new Intl.RelativeTimeFormat(locale.value, { style: 'short' })
    relative.set(locale.value, format)
  }
  if (seconds < 60) return format.format(-seconds, 'second')
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 2 * 86_400) return format.format(-Math.floor(seconds / 3600), 'hour')
  return format.format(-Math.floor(seconds / 86_400), 'day')
}

/** `2 h 5 min` @param ms how long */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  // Two units are precise enough.
  const told = first < 0 ? [parts[3] as [number, string]] : parts.slice(first, first + 2).filter(([count]) => count > 0)
  return told.map(([count, unit]) => number(count, { style: 'unit', unit, unitDisplay: 'short' })).join(' ')
}

/** A time in the format of `options`. @param time ms */
export function date(time: number, options: Intl.DateTimeFormatOptions): string {
  return formatOf(options).format(time)
}

/** A time range; parts that both ends share are written once. Times in ms. @param isDays without times of the day */
export function stretch(from: number, to: number, isDays = to - from >= 3 * day): string {
  return formatOf(!isDays ? { dateStyle: 'medium', timeStyle: 'short' } : { dateStyle: 'medium' }).formatRange(from, to)
}

function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale.value, options])
  let format = dates.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale.value, options)
    dates.set(key, format)
  }
  return format
}

/** Date and time to the second. */
export const moment = (time: number): string => date(time, { dateStyle: 'medium', timeStyle: 'medium' })
/** Date and time to the minute. */
export const minute = (time: number): string => date(time, { dateStyle: 'medium', timeStyle: 'short' })
/** Time of the day to the minute. */
export const clock = (time: number): string => date(time, { timeStyle: 'short' })
