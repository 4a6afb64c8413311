import { minute } from '@hearthwatch/protocol/durations'
import type { Alert } from './alert.ts'
import { type Silence, silences } from './silence.ts'

/** What people are told of an alert: that it is on, that it still is, that it is over. */
export type Transition = 'firing' | 'repeat' | 'resolved'

/**
 * What is to be told of an alert now. What is hidden by a silence or by another alert is told when that ends and it
 * still fires; that it is over is told only to who knew of it.
 * @param repeat minutes after the telling before, by the rule; the last one goes on
 * @param at ms
 */
export function dueNotification(alert: Alert, repeat: readonly number[], at: number): Transition | null {
  if (alert.silenced !== null || alert.inhibited !== null) return null
  if (alert.state === 'resolved') return alert.told === null ? null : 'resolved'
  if (alert.state !== 'firing' || alert.acknowledged !== null) return null
  if (alert.told === null) return 'firing'
  const wait = repeat[Math.min(alert.tellings, repeat.length) - 1]
  // Told in the future: the clock has been put back since, and nobody should wait until it gets there.
  return wait !== undefined && Math.abs(at - alert.told) >= wait * minute ? 'repeat' : null
}

/** Until when this alert is kept quiet, ms; null: it is not. */
export function silencedUntil(alert: Alert, active: readonly Silence[]): number | null {
  const ends = active.filter((silence) => silences(silence, alert)).map(({ until }) => until)
  return ends.length === 0 ? null : Math.max(...ends)
}
