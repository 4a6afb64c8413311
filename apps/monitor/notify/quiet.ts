import { day, minute } from '@hearthwatch/protocol/durations'
import { momentAt, wallTime } from '../localtime.ts'
import type { Quiet } from './channels/channel.ts'

/**
 * The end of the current quiet hours. They follow local time, so a daylight saving change makes them shorter or longer.
 * @returns ms; null: outside of quiet hours
 */
export function quietUntil(quiet: Quiet | null, now: number): number | null {
  if (quiet === null) return null
  const { from, until, days, zone } = quiet
  const wall = wallTime(now, zone)
  const midnight = Math.floor(wall / day) * day
  // Quiet hours that began today, or yesterday and last over midnight.
  for (const start of [midnight, midnight - day]) {
    const end = start + (until > from ? 0 : day) + until * minute
    if (days.has(new Date(start).getUTCDay()) && wall >= start + from * minute && wall < end) return momentAt(end, zone)
  }
  return null
}
