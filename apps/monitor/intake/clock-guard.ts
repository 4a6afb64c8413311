import type { Log } from '@hearthwatch/log'
import type { Batch } from '@hearthwatch/protocol'
import { day, minute } from '@hearthwatch/protocol/durations'

/** After the start, the network may take this long to set this machine's clock. */
const clockTimeout = 10 * minute

/**
 * A Raspberry Pi has no battery-backed clock: after a weekend without power it believes that it is still Friday until
 * NTP corrects it. Until then each reading of that weekend would be refused for good as one from the future.
 * @param steady ms, of a clock that is never set back
 * @returns true if a batch should stay unanswered, because its device's clock is trusted and ours may not be set yet; the
 *   device sends it again
 */
export function guardUnsetClock(log: Log, steady: () => number = () => performance.now()): (batch: Batch, at: number) => boolean {
  const begun = steady()
  let logged = false
  return ({ device, trusted, now }, at) => {
    if (!trusted || now - at <= day || steady() - begun > clockTimeout) return false
    if (!logged) log.warn('a device with a trusted clock is days ahead of ours: its record waits until our clock is set', { device })
    logged = true
    return true
  }
}
