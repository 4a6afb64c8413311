import { type Info, spelled } from '@hearthwatch/protocol'
import type { Judge } from '../alerts/judge.ts'
import type { Message, Reading } from '../intake/parse.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Device, DeviceStatus, Devices } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import { topicOwnersOf } from './topic-owners.ts'

export type Presence = ReturnType<typeof createPresence>

/** Assigns messages to devices and keeps each device's status. Called inside the transaction. */
export function createPresence(devices: Devices, judge: Judge, notificationQueue: NotificationQueue) {
  let topicOwners = topicOwnersOf(devices.all())

  /** The device that publishes on this topic; null if several devices claim it. */
  function sender(topic: string, room: string | null, id: string | null): Device | null {
    const owner = topicOwners.ownerOf(topic)
    if (owner === 'several') return null
    if (owner !== 'nobody') return devices.getOrMake(owner.key, owner.key, null)
    return id === null ? devices.getOrMake(`/${room}`, null, room) : devices.getOrMake(id, id, null)
  }

  function seriesName({ topic, room, quantity }: Reading): SeriesName {
    const owner = topicOwners.ownerOf(topic)
    return { room, quantity, device: typeof owner === 'object' ? owner.key : null }
  }

  function setStatus(device: Device, status: DeviceStatus): void {
    const changed = device.status !== status
    device.status = status
    devices.put(device)
    if (changed) notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: device.id, status } })
  }

  function markSeen(device: Device, at: number): void {
    judge.deviceSeen(device, at)
    setStatus(device, 'online')
  }

  function status({ topic, room, device: id, status: stated, retained, at }: Extract<Message, { kind: 'status' }>): void {
    const device = sender(topic, room, id)
    if (device === null) return
    // A retained status is old: it is shown, and raises no alert.
    if (retained) return setStatus(device, stated)
    if (stated === 'online') return markSeen(device, at)
    judge.deviceOffline(device, at)
    setStatus(device, 'offline')
  }

  function info(id: string, stated: Info, retained: boolean, at: number): void {
    const device = devices.getOrMake(id, id, stated.room)
    const news = JSON.stringify(device.info) !== JSON.stringify(stated)
    Object.assign(device, { info: stated, room: stated.room })
    devices.put(device)
    if (news) {
      refreshOwners()
      adopt(stated, at)
    }
    if (!retained) markSeen(device, at)
  }

  /** Messages on these topics belong to this device from now on; until now they belonged to the room. */
  function adopt(info: Info, at: number): void {
    for (const { topic } of info.readings) {
      const [, room = '', quantity = ''] = spelled(topic).split('/')
      judge.retire(`${room}/${quantity}/`, at)
      judge.retire(`/${room}`, at)
      devices.remove(`/${room}`)
    }
    devices.remove(`/${info.room}`)
    judge.retire(`/${info.room}`, at)
  }

  /** Reads the topic owners again after devices have changed. */
  function refreshOwners(): void {
    topicOwners = topicOwnersOf(devices.all())
  }

  return {
    sender,
    seriesName,
    setStatus,
    markSeen,
    status,
    info,
    refreshOwners,

    /** True if a record brings the readings of this topic. */
    isRecorded: (topic: string) => topicOwners.isRecorded(topic),

    /** The unit that the topic's owner states in its info; undefined: none. */
    unitOf: (topic: string) => topicOwners.unitOf(topic),

    /** True if no device claims this topic. */
    isFree: (topic: string) => topicOwners.ownerOf(topic) === 'nobody',
  }
}
