import { minute } from '@hearthwatch/protocol/durations'
import type { Alert } from '../rules/alert.ts'

/** An alert flaps if this many before it were as short, one soon after the other. */
export const mostShort = 3
/** Longest time of a short alert, and between two of them. A sensor that reports more rarely is believed each time. ms */
const soon = 2 * minute

/**
 * Number of short alerts directly before this one, one soon after the other.
 * @param former the alerts of its rule and subject before it, the newest first
 */
export function countFlaps(alert: Alert, former: readonly Alert[]): number {
  let next = alert.fired ?? alert.started
  let count = 0
  for (const { fired, resolved } of former) {
    if (fired === null || resolved === null || resolved - fired >= soon || next - resolved >= soon) break
    count += 1
    next = fired
  }
  return count
}

/**
 * True if the notification of an alert that flaps has to wait: it has not lasted twice as long as the alerts before it. Two
 * devices that publish on one topic, one hot and one cool, would send a mail for each reading.
 */
export function isUnconfirmed(alert: Alert, former: readonly Alert[], at: number): boolean {
  if (countFlaps(alert, former) < mostShort) return false
  const longest = Math.max(...former.slice(0, mostShort).map(({ fired, resolved }) => (resolved ?? 0) - (fired ?? 0)))
  return at - (alert.fired ?? at) <= 2 * longest
}
