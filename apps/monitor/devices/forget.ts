import { isName, parseTopic, spelled, topicOf } from '@hearthwatch/protocol'
import type { LiveState } from '../live/live-state.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Device } from '../store/devices.ts'
import type { Store } from '../store/store.ts'
import type { Control } from './control.ts'
import { topicOwnersOf } from './topic-owners.ts'

export interface ForgetOptions {
  store: Store
  control: Control
  liveState: LiveState
  notificationQueue: NotificationQueue
  /** Called after the device was removed. */
  onForgotten(): void
  now(): number
}

/**
 * Forgets a device: its retained messages, its row, its desired settings and commands, and its tiles. Its open alerts
 * resolve without a notification, since a person asked for this. Its readings stay.
 * @returns false if the device has come back meanwhile
 * @throws NotConnected if the broker cannot be reached: then nothing is forgotten
 */
export async function forget(
  device: Device,
  { store, control, liveState, notificationQueue, onForgotten, now }: ForgetOptions,
): Promise<boolean> {
  const { devices, alerts } = store
  const others = [...devices.all()].filter(({ key }) => key !== device.key)
  // The broker first: if the monitor is killed in between, the device can be forgotten again.
  await control.clear(tracesOf(device, others))
  if (devices.get(device.key)?.status === 'online') return false
  store.transaction(() => {
    for (const alert of [...alerts.allOpen()]) {
      if (alert.device !== device.key) continue
      if (alert.state === 'pending') {
        alerts.drop(alert)
        continue
      }
      Object.assign(alert, { state: 'resolved', resolved: now(), due: null, well: null })
      alerts.save(alert)
      notificationQueue.publishEvent({ type: 'alert', data: { ...alert } })
    }
    // If the device returns, quantities that it no longer measures are not missed.
    for (const [subject] of [...store.seriesStates.all()]) if (subject.endsWith(`/${device.key}`)) store.seriesStates.remove(subject)
    store.control.remove(device.key)
    devices.remove(device.key)
  })
  onForgotten()
  liveState.forget(device.key)
  notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: device.id, status: 'unknown' } })
  notificationQueue.committed()
  return true
}

/** The retained topics of this device alone. Its `info` may be wrong, so topics that other devices claim are left out. */
export function tracesOf({ key: id, info }: Device, others: Iterable<Device>): string[] {
  const topicOwners = topicOwnersOf(others)
  // The broker knows only the topics as the device spells them.
  const spellings = [id, info?.id ?? id]
  const own = spellings.flatMap((id) => ['info', 'config', 'deviceStatus'].map((name) => topicOf(name as 'info', { id })))
  const said = info === null ? [] : [info.status, ...info.readings.map(({ topic }) => topic)].filter((topic) => topic !== undefined)
  const cleared = said.filter((topic) => isOfRoom(topic) && topicOwners.ownerOf(topic) === 'nobody')
  return [...new Set([...own, ...cleared])]
}

/** True for topics of a room on which a sensor publishes: live readings and its status. */
function isOfRoom(topic: string): boolean {
  const [home, room = '', sensor, ...more] = spelled(topic).split('/')
  if (home !== 'home' || !isName(room)) return false
  return parseTopic(topic)?.name === 'reading' || (sensor === 'sensor' && more.length > 0)
}
