import { type Activity, deviceTimeout } from '../rules/offline-machine.ts'

export type BackOnline = ReturnType<typeof trackBackOnline>

/**
 * Since when each device has been there without a pause, as far as this process has seen it. One that was away has its
 * readings still to say when it says that it is back: none of them is missed for the time in which all of it was.
 * @param offlineAfter ms
 */
export function trackBackOnline(offlineAfter: number) {
  const back = new Map<string, number>()
  return {
    /** A sign of device, before it is taken into account. */
    seen(device: Activity & { key: string }, at: number): void {
      const pause = at - (device.seen ?? Number.NEGATIVE_INFINITY)
      if (pause > (deviceTimeout(device, offlineAfter) ?? offlineAfter)) back.set(device.key, at)
    },

    /** ms; 0: for longer than we know. */
    since: (key: string): number => back.get(key) ?? 0,
  }
}
