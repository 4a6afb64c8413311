import type { Log } from '@hearthwatch/log'
import type { Batch } from '@hearthwatch/protocol'
import { day, minute } from '@hearthwatch/protocol/durations'

/** So long after our start the network may have to tell us the time. ms */
const patience = 10 * minute

/**
 * A Raspberry Pi has no clock of its own: switched on after a weekend it believes that it is still Friday, until the
 * network tells it better. By then each reading of that weekend would have been refused as one from the future, for good.
 * @param steady ms, of a clock that is never put back
 * @returns whether a batch should wait, unanswered, because its device knows the time and we may not: it comes again
 */
export function guardUnsetClock(log: Log, steady: () => number = () => performance.now()): (batch: Batch, at: number) => boolean {
  const begun = steady()
  let told = false
  return ({ device, trusted, now }, at) => {
    if (!trusted || now - at <= day || steady() - begun > patience) return false
    if (!told) log.warn('a device whose clock is vouched for is ahead of ours by days: its record waits until our clock is set', { device })
    told = true
    return true
  }
}
