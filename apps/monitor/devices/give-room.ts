import type { LiveState } from '../live/live-state.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Device } from '../store/devices.ts'
import type { Store } from '../store/store.ts'
import type { Presence } from './presence.ts'

export interface GiveRoomOptions {
  store: Pick<Store, 'transaction' | 'devices'>
  presence: Presence
  liveState: LiveState
  notificationQueue: NotificationQueue
  now(): number
}

/** A person confirms the room of a device, or gives it another one. Its claims are decided again. */
export function giveRoom(device: Device, room: string, { store, presence, liveState, notificationQueue, now }: GiveRoomOptions): void {
  const moves = device.room !== room
  if (!moves && presence.isConfirmed(device)) return
  store.transaction(() => {
    Object.assign(device, { room, standing: 'person' })
    store.devices.put(device)
    presence.review(device, now())
  })
  if (moves) liveState.forget(device.key)
  notificationQueue.publishEvent({ type: 'status', data: { room, device: device.id, status: device.status } })
  notificationQueue.committed()
}
