import { type Activity, deviceTimeout } from '../rules/offline-machine.ts'

export type BackOnline = ReturnType<typeof trackBackOnline>

/**
 * Remembers in memory when each device came back online. Its series get their whole timeout from then on,
 * because the device has yet to send its readings.
 * @param offlineAfter ms
 */
export function trackBackOnline(offlineAfter: number) {
  const since = new Map<string, number>()
  return {
    /** Call it for each live message, before `device.seen` changes. */
    seen(device: Activity & { key: string }, at: number): void {
      const pause = at - (device.seen ?? Number.NEGATIVE_INFINITY)
      if (pause > (deviceTimeout(device, offlineAfter) ?? offlineAfter)) since.set(device.key, at)
    },

    /** ms; 0: before this process started. */
    since: (key: string): number => since.get(key) ?? 0,
  }
}
