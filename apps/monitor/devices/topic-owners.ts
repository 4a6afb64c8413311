import { isName, parseTopic, spelled } from '@hearthwatch/protocol'
import type { Device } from '../store/devices.ts'

export type TopicOwners = ReturnType<typeof createTopicOwners>

/** The room of a topic on which sensors publish readings or their status; null for any other topic. */
export function roomOf(topic: string): string | null {
  const [home, room = '', sensor, ...more] = spelled(topic).split('/')
  if (home !== 'home' || !isName(room)) return null
  return parseTopic(topic)?.name === 'reading' || (sensor === 'sensor' && more.length > 0) ? room : null
}

/**
 * An index of the devices by the topics that they claim, and by their rooms. The owner of a topic is the first of its claimants
 * that is online. A room that is confirmed comes before one that is not, then the earlier claim. A device that returns therefore
 * gets back the topics that it had. Topics are in their one spelling.
 * @param isConfirmed true if setup or a person has given this room to the device
 */
export function createTopicOwners(isConfirmed: (device: Device, room: string) => boolean) {
  const claimants = new Map<string, Device[]>()
  const rooms = new Map<string, Device[]>()
  /** The keys of both maps under which a device is listed. */
  const listed = new Map<string, { topics: string[]; rooms: string[] }>()

  const rank = (topic: string, device: Device) => Number(isConfirmed(device, roomOf(topic) ?? ''))

  function order(topic: string, a: Device, b: Device): number {
    const presence = Number(b.status === 'online') - Number(a.status === 'online')
    const since = (a.claims[topic] ?? 0) - (b.claims[topic] ?? 0)
    return presence || rank(topic, b) - rank(topic, a) || since || (a.key < b.key ? -1 : 1)
  }

  function remove(key: string): void {
    const { topics = [], rooms: places = [] } = listed.get(key) ?? {}
    for (const [index, names] of [[claimants, topics] as const, [rooms, places] as const]) {
      for (const name of names) {
        const others = (index.get(name) ?? []).filter((device) => device.key !== key)
        if (others.length > 0) index.set(name, others)
        else index.delete(name)
      }
    }
    listed.delete(key)
  }

  /** Lists a device anew, after its claims, its room or its status have changed. */
  function update(device: Device): void {
    remove(device.key)
    const topics = Object.keys(device.claims)
    const places = [...new Set([device.room, ...topics.map(roomOf)])].filter((room) => room !== null)
    for (const topic of topics)
      claimants.set(
        topic,
        [...(claimants.get(topic) ?? []), device].sort((a, b) => order(topic, a, b)),
      )
    for (const room of places) rooms.set(room, [...(rooms.get(room) ?? []), device])
    listed.set(device.key, { topics, rooms: places })
  }

  const ownerOf = (topic: string): Device | undefined => claimants.get(spelled(topic))?.[0]
  const readingOf = (topic: string) => ownerOf(topic)?.info?.readings.find((reading) => spelled(reading.topic) === spelled(topic))

  return {
    update,
    remove,

    /** Lists these devices and no others. */
    reset(devices: Iterable<Device>): void {
      for (const index of [claimants, rooms, listed]) index.clear()
      for (const device of devices) if (device.id !== null) update(device)
    },

    /** The device that owns this topic. */
    ownerOf,

    /** The devices with an id that have this room or claim a topic of it. */
    inRoom: (room: string): readonly Device[] => rooms.get(room) ?? [],

    /** True if more than one device claims the topic: its messages may be from any of them. */
    isContested: (topic: string) => (claimants.get(spelled(topic))?.length ?? 0) > 1,

    /** True if two devices claim a status topic with equal right: it decides for none of them. */
    isShared(topic: string): boolean {
      const [first, second] = claimants.get(spelled(topic)) ?? []
      return first !== undefined && second !== undefined && rank(topic, first) === rank(topic, second)
    },

    /** True if a record brings the readings of this topic: only the record stores them then. */
    isRecorded: (topic: string) => ownerOf(topic)?.info?.epoch !== undefined && readingOf(topic) !== undefined,

    /** The unit that the owner states for this topic; undefined: none. */
    unitOf: (topic: string): string | undefined => readingOf(topic)?.unit,
  }
}
