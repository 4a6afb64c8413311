import { spelled, topicOf } from '@hearthwatch/protocol'
import type { LiveState } from '../live/live-state.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Alert } from '../rules/alert.ts'
import type { Device } from '../store/devices.ts'
import type { Store } from '../store/store.ts'
import type { Control } from './control.ts'
import type { Presence } from './presence.ts'
import { roomOf } from './topic-owners.ts'

export interface ForgetOptions {
  store: Store
  control: Control
  liveState: LiveState
  notificationQueue: NotificationQueue
  presence: Pick<Presence, 'forgotten' | 'ownerOf'>
  now(): number
}

/**
 * Forgets a device: its retained messages, its row, its desired settings and commands, and its tiles. Its open alerts
 * resolve without a notification, since a person asked for this. Its readings stay.
 * @returns false if the device has come back meanwhile
 * @throws NotConnected if the broker cannot be reached: then nothing is forgotten
 */
export async function forget(device: Device, options: ForgetOptions): Promise<boolean> {
  const { store, control, liveState, notificationQueue, presence } = options
  const { devices } = store
  const others = [...devices.all()].filter(({ key }) => key !== device.key)
  // The broker first: if the monitor is killed in between, the device can be forgotten again.
  await control.clear(tracesOf(device, others))
  if (devices.get(device.key)?.status === 'online') return false
  store.transaction(() => {
    closeAlerts(options, (alert) => alert.device === device.key)
    // If the device returns, quantities that it no longer measures are not missed.
    for (const [subject] of [...store.seriesStates.all()]) if (subject.endsWith(`/${device.key}`)) store.seriesStates.remove(subject)
    store.control.remove(device.key)
    store.asides.removeAll(device.key)
    devices.remove(device.key)
  })
  presence.forgotten(device.key)
  liveState.forget(device.key, (room, quantity) => presence.ownerOf(topicOf('reading', { room, quantity }))?.key ?? null)
  notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: device.id, status: 'unknown' } })
  notificationQueue.committed()
  return true
}

/** Resolves open alerts without a notification, since a person asked for this. Within a transaction. */
export function closeAlerts(
  { store: { alerts }, notificationQueue, now }: Pick<ForgetOptions, 'store' | 'notificationQueue' | 'now'>,
  isMeant: (alert: Alert) => boolean,
): void {
  for (const alert of [...alerts.allOpen()].filter(isMeant)) {
    if (alert.state === 'pending') {
      alerts.drop(alert)
      continue
    }
    Object.assign(alert, { state: 'resolved', resolved: now(), due: null, well: null, ended: 'forgotten' })
    alerts.save(alert)
    notificationQueue.publishEvent({ type: 'alert', data: { ...alert } })
  }
}

/** The retained topics of this device alone: those that it may claim, unless other devices claim them as well. */
export function tracesOf({ key: id, info, claims, described }: Device, others: readonly Device[]): string[] {
  // Retained messages of others are theirs.
  if (described !== null) return []
  // The broker knows only the topics as the device spells them.
  const spellings = [id, info?.id ?? id]
  const own = spellings.flatMap((id) => ['info', 'config', 'deviceStatus'].map((name) => topicOf(name as 'info', { id })))
  const stated = info === null ? [] : [info.status, ...info.readings.map(({ topic }) => topic)].filter((topic) => topic !== undefined)
  const cleared = stated.filter((published) => {
    const topic = spelled(published)
    return topic in claims && roomOf(topic) !== null && others.every((other) => !(topic in other.claims))
  })
  return [...new Set([...own, ...cleared])]
}
