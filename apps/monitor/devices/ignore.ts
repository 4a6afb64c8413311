import type { LiveState } from '../live/live-state.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Device } from '../store/devices.ts'
import type { Store } from '../store/store.ts'
import type { Presence } from './presence.ts'

export interface IgnoreOptions {
  store: Pick<Store, 'transaction' | 'devices'>
  presence: Pick<Presence, 'expectNothing'>
  liveState: LiveState
  notificationQueue: NotificationQueue
  now(): number
}

/** A person wants no more readings of a device of others, or wants them again. Its history stays. */
export function ignore(device: Device, isIgnored: boolean, { store, presence, liveState, notificationQueue, now }: IgnoreOptions): void {
  if (device.described === null || device.described.isIgnored === isIgnored) return
  const described = { ...device.described, isIgnored }
  store.transaction(() => {
    Object.assign(device, { described, status: 'unknown' })
    store.devices.put(device)
    if (isIgnored) presence.expectNothing(device, now())
  })
  if (isIgnored) liveState.forget(device.key)
  notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: device.id, status: 'unknown' } })
  notificationQueue.committed()
}
