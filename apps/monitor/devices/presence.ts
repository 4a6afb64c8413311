import type { Info } from '@hearthwatch/protocol'
import type { Judge } from '../alerts/judge.ts'
import type { Message, Reading } from '../intake/parse.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Device, DeviceStatus, Devices } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import { topicOwnersOf } from './topic-owners.ts'

export type Presence = ReturnType<typeof createPresence>

/** Who is there: whose a message is, and what it says of its sender. Called inside the transaction. */
export function createPresence(devices: Devices, judge: Judge, notificationQueue: NotificationQueue) {
  let topicOwners = topicOwnersOf(devices.all())

  /** Whoever sends on this topic; null where several claim it and nobody can tell which one it was. */
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

  function show(device: Device, status: DeviceStatus): void {
    const changed = device.status !== status
    device.status = status
    devices.put(device)
    if (changed) notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: device.id, status } })
  }

  function alive(device: Device, at: number): void {
    judge.deviceSeen(device, at)
    show(device, 'online')
  }

  function status({ topic, room, device: id, status: said, retained, at }: Extract<Message, { kind: 'status' }>): void {
    const device = sender(topic, room, id)
    if (device === null) return
    // Old news sets what is shown; whether the device is missed is for its silence to say.
    if (retained) return show(device, said)
    if (said === 'online') return alive(device, at)
    judge.deviceOffline(device, at)
    show(device, 'offline')
  }

  function info(id: string, said: Info, retained: boolean, at: number): void {
    const device = devices.getOrMake(id, id, said.room)
    const news = JSON.stringify(device.info) !== JSON.stringify(said)
    Object.assign(device, { info: said, room: said.room })
    devices.put(device)
    if (news) {
      reclaim()
      adopt(said, at)
    }
    if (!retained) alive(device, at)
  }

  /** What came from nobody in particular is this device's from now on. */
  function adopt(info: Info, at: number): void {
    for (const { topic } of info.readings) {
      const [, room = '', quantity = ''] = topic.split('/')
      judge.retire(`${room}/${quantity}/`, at)
      judge.retire(`/${room}`, at)
      devices.remove(`/${room}`)
    }
    devices.remove(`/${info.room}`)
    judge.retire(`/${info.room}`, at)
  }

  /** Reads again the topic owners after devices have changed. */
  function reclaim(): void {
    topicOwners = topicOwnersOf(devices.all())
  }

  return {
    sender,
    seriesName,
    show,
    alive,
    status,
    info,
    reclaim,

    /** Whether a record brings what is said on this topic. */
    isRecorded: (topic: string) => topicOwners.isRecorded(topic),

    /** Whether nobody has claimed this topic. */
    isFree: (topic: string) => topicOwners.ownerOf(topic) === 'nobody',
  }
}
