import type { Problem } from '@hearthwatch/api/devices'
import { parseTopic, spelled, topicOf } from '@hearthwatch/protocol'
import { day } from '@hearthwatch/protocol/durations'
import type { Device, Devices } from '../store/devices.ts'
import { createTopicOwners, roomOf } from './topic-owners.ts'

/** A device or series that was silent for this time has left its room and its topics to others. ms */
const left = day

/** The rooms that the access list of the broker names for a user; empty: none by name; null: there is no such user. */
export type RoomsOf = (user: string) => readonly string[] | null

export interface ClaimsOptions {
  devices: Devices
  /** null: the access list of the broker cannot be read. */
  roomsOf: RoomsOf | null
  /** Time of the last judged reading of a series without a device, ms; 0: none. An open alert counts as now. */
  plainReading(room: string, quantity: string, at: number): number
}

/** A refused claim. */
type Refusal = Pick<Problem, 'problem' | 'topic' | 'room'>

export type Claims = ReturnType<typeof createClaims>

/**
 * Decides which topics and rooms a device may claim. Its rooms are those that the access list names or that a person has given.
 * Otherwise they are the room of its first info, and others in which no other device is alive: first come, first kept.
 */
export function createClaims({ devices, roomsOf, plainReading }: ClaimsOptions) {
  const refusals = new Map<string, readonly Refusal[]>()
  const owners = createTopicOwners(isConfirmed)
  owners.reset(devices.all())

  /** The rooms that the access list names for this device; null: it names none, or cannot be read. */
  function grantsOf({ id }: Device): readonly string[] | null {
    const rooms = id === null ? [] : (roomsOf?.(id) ?? [])
    return rooms.length > 0 ? rooms.map(spelled) : null
  }

  function isConfirmed(device: Device, room: string): boolean {
    if (device.standing === 'revoked') return false
    return (device.standing === 'person' && device.room === room) || grantsOf(device)?.includes(room) === true
  }

  /** True if another device or a sensor without an id has reported from this room lately. */
  function isTaken(room: string, by: Device, at: number): boolean {
    return isAlive(devices.get(`/${room}`), at) || owners.inRoom(room).some((other) => other.key !== by.key && isAlive(other, at))
  }

  /** True if the device may write this room, whatever others claim in it. */
  function holds(device: Device, room: string, at: number): boolean {
    if (device.standing === 'revoked') return false
    if (isConfirmed(device, room)) return true
    if (grantsOf(device) !== null) return false
    if (device.room === room) return true
    // A person has said that the device is in another room than its info states.
    if (device.standing === 'person' && device.info?.room === room) return false
    return Object.keys(device.claims).some((topic) => roomOf(topic) === room) || !isTaken(room, device, at)
  }

  /** True if a sensor without an id publishes on this topic. */
  function isPlain(topic: string, at: number): boolean {
    const parsed = parseTopic(topic)
    if (parsed?.name === 'reading') return at - plainReading(parsed.room, parsed.quantity, at) <= left
    return isAlive(devices.get(`/${roomOf(topic)}`), at)
  }

  /** @returns why the device may not claim this topic; null: it may */
  function refusalOf(device: Device, topic: string, at: number): Refusal | null {
    const room = roomOf(topic)
    if (topic === topicOf('deviceStatus', { id: device.key })) return device.standing === 'revoked' ? refuse('not-its-room', topic) : null
    if (room === null || !holds(device, room, at)) return refuse('not-its-room', topic, room)
    const isFirst = !(topic in device.claims)
    return isFirst && !isConfirmed(device, room) && isPlain(topic, at) ? refuse('topic-of-another', topic, room) : null
  }

  /** Sets the device's own room and the reason for it. */
  function settleRoom(device: Device, at: number): void {
    const grants = grantsOf(device)
    const stated = device.info?.room ?? null
    if (roomsOf !== null) {
      const hasLogin = roomsOf(device.key) !== null
      if (device.standing === 'setup' && !hasLogin) device.standing = 'revoked'
      if (device.standing === 'revoked' && hasLogin) device.standing = null
    }
    if (grants === null) {
      if (device.standing === 'setup' && roomsOf !== null) device.standing = null
      if (stated === null) return
      if (device.room === null) device.room = stated
      else if (device.room !== stated && device.standing !== 'person' && holds(device, stated, at)) device.room = stated
      return
    }
    if (device.standing !== 'person') device.standing = 'setup'
    if (stated !== null && grants.includes(stated) && device.standing === 'setup') device.room = stated
    else if (device.room === null || (device.standing === 'setup' && !grants.includes(device.room))) device.room = grants[0] ?? stated
  }

  /**
   * Decides about everything that the device's info claims.
   * @returns the topics that it owns from now on, and those that it may no longer claim
   */
  function review(device: Device, at: number): { owned: string[]; lost: string[] } {
    const before = device.claims
    const unchanged = JSON.stringify([device.room, device.standing, before])
    settleRoom(device, at)
    const claims: Record<string, number> = {}
    const refused: Refusal[] = []
    const { readings = [], status } = device.info ?? {}
    const stated = status === undefined ? null : spelled(status)
    const topics = new Set([...(stated === null ? [] : [stated]), ...readings.map(({ topic }) => spelled(topic))])
    for (const topic of topics) {
      const isOfKind = topic === stated || parseTopic(topic)?.name === 'reading'
      const refusal = isOfKind ? refusalOf(device, topic, at) : refuse('not-its-room', topic)
      if (refusal) refused.push(refusal)
      else claims[topic] = before[topic] ?? at
    }
    if (device.info && device.info.room !== device.room) refused.push(refuse('states-other-room', null, device.info.room))
    refusals.set(device.key, refused)
    device.claims = claims
    if (JSON.stringify([device.room, device.standing, claims]) !== unchanged) devices.put(device)
    owners.update(device)
    return {
      owned: Object.keys(claims).filter((topic) => !(topic in before) && owners.ownerOf(topic)?.key === device.key),
      lost: Object.keys(before).filter((topic) => topics.has(topic) && !(topic in claims)),
    }
  }

  return {
    owners,
    isConfirmed,
    review,

    /** True if the device's record may store values of this place. */
    mayStore(device: Device, room: string, quantity: string, at: number): boolean {
      if (!holds(device, room, at)) return false
      if (isConfirmed(device, room)) return true
      const topic = topicOf('reading', { room, quantity })
      const owner = owners.ownerOf(topic)
      if (owner) return owner.key === device.key || owner.status !== 'online'
      return !isPlain(topic, at)
    },

    /** The claims of a device that are refused, and those that another device's claim comes before. */
    refusalsOf(device: Device): (Refusal & Pick<Problem, 'device'>)[] {
      if (device.standing === 'revoked') return [{ ...refuse('login-removed'), device: null }]
      const behind = Object.keys(device.claims).flatMap((topic) => {
        const owner = parseTopic(topic)?.name === 'reading' ? owners.ownerOf(topic) : undefined
        if (owner === undefined || owner.key === device.key) return []
        return [{ ...refuse('topic-of-another', topic, roomOf(topic)), device: owner.id }]
      })
      return [...(refusals.get(device.key) ?? []).map((refusal) => ({ ...refusal, device: null })), ...behind]
    },

    /** After a device was forgotten. */
    forget(key: string): void {
      refusals.delete(key)
      owners.remove(key)
    },
  }
}

function refuse(problem: Refusal['problem'], topic: string | null = null, room: string | null = null): Refusal {
  return { problem, topic, room }
}

/** True if the device was seen lately: its room and its topics are not free. */
export function isAlive(device: Device | undefined, at: number): boolean {
  return at - (device?.seen ?? Number.NEGATIVE_INFINITY) <= left
}
