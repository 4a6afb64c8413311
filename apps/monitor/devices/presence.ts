import type { Problem } from '@hearthwatch/api/devices'
import { type Info, topics } from '@hearthwatch/protocol'
import type { Judge } from '../alerts/judge.ts'
import type { Message, Reading } from '../intake/message.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Described, Device, DeviceStatus, Devices } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import { createClaims, type RoomsOf } from './claims.ts'
import { createReview } from './review-claims.ts'
import { roomOf } from './topic-owners.ts'

export type Presence = ReturnType<typeof createPresence>

export interface PresenceOptions {
  devices: Devices
  judge: Judge
  notificationQueue: NotificationQueue
  /** null: the access list of the broker cannot be read. */
  roomsOf: RoomsOf | null
}

/** True for a device that has sent messages of ours. */
const isOwn = ({ described, info, beats, seen }: Device) => described === null && (info !== null || beats || seen !== null)

/** Assigns messages to devices and keeps each device's status. Called inside the transaction. */
export function createPresence({ devices, judge, notificationQueue, roomsOf }: PresenceOptions) {
  const claims = createClaims({ devices, roomsOf, plainReading: judge.plainReading })
  /** The device that publishes on this topic; null if two devices claim it as their status topic. */
  function sender(topic: string, room: string | null, id: string | null): Device | null {
    const owner = claims.owners.ownerOf(topic)
    if (owner) return owner
    return id === null ? devices.getOrMake(`/${room}`, null, room) : devices.getOrMake(id, id, null)
  }

  /** The device that has sent a reading. */
  function senderOf({ topic, room, sender: foreigner }: Reading): Device | null {
    return foreigner ? (devices.get(foreigner.device) ?? null) : sender(topic, room, null)
  }

  function seriesName({ topic, room, quantity, sender }: Reading): SeriesName {
    if (sender) return { room, quantity, device: sender.device }
    return { room, quantity, device: claims.owners.ownerOf(topic)?.key ?? null }
  }

  function setStatus(device: Device, status: DeviceStatus): void {
    const changed = device.status !== status
    device.status = status
    devices.put(device)
    if (!changed) return
    if (device.info !== null) claims.owners.update(device)
    notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: device.id, status } })
  }

  function markSeen(device: Device, at: number): void {
    // Its login was removed: the message was on its way before.
    if (device.standing === 'revoked') return
    judge.deviceSeen(device, at)
    setStatus(device, 'online')
  }

  /** True if anyone may publish this status, and the device proves by heartbeats and its info that it is alive. */
  const isPublic = (topic: string, device: Device) => device.beats && device.info !== null && roomOf(topic) !== null

  function markOnline(device: Device, at: number): void {
    if (device.standing !== 'revoked' && judge.deviceOnline(device, at)) setStatus(device, 'online')
  }

  /** True if a known device publishes this status. */
  function isKnownStatus({ topic, room, device: id }: Pick<Extract<Message, { kind: 'status' }>, 'topic' | 'room' | 'device'>): boolean {
    return claims.owners.ownerOf(topic) !== undefined || devices.get(id ?? `/${room}`) !== undefined
  }

  function status({ topic, room, device: id, status: stated, retained, at }: Extract<Message, { kind: 'status' }>): void {
    if (claims.owners.isShared(topic)) return
    const device = sender(topic, room, id)
    if (device === null) return
    // A retained status is old: it is shown, and raises no alert.
    if (retained) return setStatus(device, stated)
    if (stated === 'online') return isPublic(topic, device) ? markOnline(device, at) : markSeen(device, at)
    judge.deviceOffline(device, at)
    setStatus(device, 'offline')
  }

  function info(id: string, stated: Info, retained: boolean, at: number): void {
    const device = devices.getOrMake(id, id, null)
    const news = JSON.stringify(device.info) !== JSON.stringify(stated)
    device.info = stated
    // A sensor of ours has its id before any announcement by others.
    device.described = null
    devices.put(device)
    // Others may have left since: each connection is another try.
    if (news || (!retained && claims.refusalsOf(device).length > 0)) review(device, at)
    if (news) notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: id, status: device.status } })
    if (!retained) markSeen(device, at)
  }

  /** A device of others is described. Its room is chosen once, at first sight. */
  function describe(id: string, described: Described, room: string | null): void {
    const device = devices.getOrMake(id, id, null)
    if (isOwn(device)) return
    const isIgnored = device.described?.isIgnored ?? false
    const roomFrom = device.described?.roomFrom ?? described.roomFrom
    device.room ??= room
    device.described = { ...described, roomFrom, isIgnored }
    devices.put(device)
  }

  /** The availability of a device of others, or another sign of it. */
  function foreign({ device: id, news, retained, at }: Extract<Message, { kind: 'foreign' }>): void {
    const device = devices.get(id)
    if (device === undefined || device.described === null || device.described.isIgnored) return
    switch (news) {
      case 'alive':
      case 'online':
        return retained ? setStatus(device, 'online') : markSeen(device, at)
      case 'offline':
        if (!retained) judge.deviceOffline(device, at)
        return setStatus(device, 'offline')
      case 'unknown':
        return setStatus(device, 'unknown')
      case 'gone':
        device.described = { ...device.described, isGone: true }
        expectNothing(device, at)
        return setStatus(device, 'unknown')
    }
  }

  /** Closes the alerts of a device of others and of its series. */
  function expectNothing(device: Device, at: number): void {
    judge.retire(device.key, at)
    for (const quantity of Object.values(device.described?.quantities ?? {})) judge.retire(`${device.room}/${quantity}/${device.key}`, at)
  }

  const { review, reviewAll } = createReview({ devices, claims, judge, notificationQueue, setStatus })

  return {
    senderOf,
    seriesName,
    setStatus,
    markSeen,
    isKnownStatus,
    status,
    info,
    describe,
    foreign,
    expectNothing,
    review,
    reviewAll,

    /** After a device was changed by others. */
    changed: claims.owners.update,

    /** After a device was forgotten. */
    forgotten: claims.forget,

    /** After a rollback: reads the devices again. */
    rolledBack: () => claims.owners.reset(devices.all()),

    /** The device that owns this topic. */
    ownerOf: (topic: string) => claims.owners.ownerOf(topic),

    /** True if a record brings the readings of this topic. */
    isRecorded: (topic: string) => claims.owners.isRecorded(topic),

    /** The unit that the topic's owner states in its info; undefined: none. */
    unitOf: (topic: string) => claims.owners.unitOf(topic),

    /** True if a device names this topic as its status. */
    isStatusOf: (topic: string) => claims.owners.ownerOf(topic) !== undefined,

    /** True if no device claims this topic. */
    isFree: (topic: string) => claims.owners.ownerOf(topic) === undefined,

    /** True if the device's record may store values of this place. */
    mayStore: claims.mayStore,

    /** True if setup or a person has given the device its room. */
    isConfirmed: (device: Device) => device.room !== null && claims.isConfirmed(device, device.room),

    /**
     * True if a live reading on this topic proves that the device is alive. Anyone may publish a reading: a device with a record
     * and heartbeats proves it by these, and of two claimants either may have sent it.
     */
    isProof: ({ topic, sender }: Reading, device: Device) =>
      sender ? sender.isFresh : !claims.owners.isContested(topic) && !(device.beats && claims.owners.isRecorded(topic)),

    /** True if a heartbeat is the device's own: anyone may publish on the shared topic, so a device with an info is not believed there. */
    isOwnHeartbeat: (topic: string, key: string) => topic !== topics.sharedHeartbeat.topic || !devices.get(key)?.info,

    /** The claims of a device that are refused. */
    refusalsOf: (device: Device): Pick<Problem, 'problem' | 'topic' | 'room' | 'device'>[] => claims.refusalsOf(device),
  }
}
