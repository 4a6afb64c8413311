import { day, minute } from '@hearthwatch/protocol/durations'
import { momentAt, wallTime } from '../localtime.ts'
import type { Quiet } from './channels/channel.ts'

/**
 * Whether these are quiet hours. They are of the clock on the wall: where it leaps in between they are shorter or longer.
 * @returns when they end, ms; null: there is nothing to be quiet about
 */
export function quietUntil(quiet: Quiet | null, now: number): number | null {
  if (quiet === null) return null
  const { from, until, days, zone } = quiet
  const wall = wallTime(now, zone)
  const midnight = Math.floor(wall / day) * day
  // Those that began today, and those of yesterday that go over midnight.
  for (const start of [midnight, midnight - day]) {
    const end = start + (until > from ? 0 : day) + until * minute
    if (days.has(new Date(start).getUTCDay()) && wall >= start + from * minute && wall < end) return momentAt(end, zone)
  }
  return null
}
