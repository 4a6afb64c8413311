import { minute } from '@hearthwatch/protocol/durations'
import type { Alert } from './alert.ts'
import { type Silence, silences } from './silence.ts'

/** The kinds of notification of an alert: it fires, it still fires, it is resolved. */
export type Transition = 'firing' | 'repeat' | 'resolved'

/**
 * The notification of an alert that is due now; null: none.
 * A silenced or inhibited alert sends none. If it still fires when that ends, `firing` is due then.
 * If the alert itself was never notified, `resolved` is not sent. An acknowledged alert is not repeated.
 * @param repeat minutes between notifications, by the rule; the last one goes on
 * @param at ms
 */
export function dueNotification(alert: Alert, repeat: readonly number[], at: number): Transition | null {
  if (alert.silenced !== null || alert.inhibited !== null) return null
  if (alert.state === 'resolved') return alert.told === null ? null : 'resolved'
  if (alert.state !== 'firing' || alert.acknowledged !== null) return null
  if (alert.told === null) return 'firing'
  const wait = reminderAfter(alert.tellings, repeat)
  // If the last notification lies in the future, the clock was set back: repeat now instead of waiting until then.
  return wait !== null && Math.abs(at - alert.told) >= wait ? 'repeat' : null
}

/** Time from the last of so many notifications to the next one, ms; null: there is no next one. */
export function reminderAfter(notifications: number, repeat: readonly number[]): number | null {
  const wait = repeat[Math.min(notifications, repeat.length) - 1]
  return wait === undefined ? null : wait * minute
}

/**
 * Number of `repeat` notifications of an alert that is firing for so long (ms) and that nobody acknowledges.
 * @param repeat as for `dueNotification`
 */
export function repeatsWithin(firing: number, repeat: readonly number[]): number {
  let left = firing
  for (let count = 0; ; count += 1) {
    const wait = reminderAfter(count + 1, repeat)
    if (wait === null || left < wait) return count
    left -= wait
  }
}

/** End of the last silence that covers this alert, ms; null: not silenced. */
export function silencedUntil(alert: Alert, active: readonly Silence[]): number | null {
  const ends = active.filter((silence) => silences(silence, alert)).map(({ until }) => until)
  return ends.length === 0 ? null : Math.max(...ends)
}
