import { grouped, searchable } from '@hearthwatch/api/room-order'
import type { Device } from '../store/devices.ts'
import { compareRooms, type Label } from '../store/labels.ts'
import type { Store } from '../store/store.ts'
import type { LiveState } from './live-state.ts'

export type RoomList = ReturnType<typeof createRoomList>

interface Made {
  versions: readonly [rooms: number, places: number, labels: number]
  labels: ReadonlyMap<string, Label>
  /** In their own order. */
  names: readonly string[]
  devices: ReadonlyMap<string, readonly string[]>
  /** As home shows them: the rooms of a group together. */
  home: readonly string[]
  /** The groups, and the first room of each. */
  groups: ReadonlyMap<string, string>
  /** Names to search in, made with the first search. */
  searched: Map<string, string>
}

/** The names of all rooms in order, with their labels and devices. Made anew only after a room, a label or a device's rooms have changed. */
export function createRoomList(liveState: Pick<LiveState, 'rooms' | 'version'>, { devices, labels }: Pick<Store, 'devices' | 'labels'>) {
  let made: Made | undefined

  function list(): Made {
    const versions = [liveState.version(), devices.placesVersion(), labels.version()] as const
    const before = made?.versions
    if (made !== undefined && before?.[0] === versions[0] && before[1] === versions[1] && before[2] === versions[2]) return made
    const known = new Map(labels.all().map((label) => [label.room, label]))
    const names = namesOf(made?.names ?? []).sort(compareRooms(known))
    const groups = grouped(names, (room) => known.get(room)?.group ?? null)
    made = {
      versions,
      labels: known,
      names,
      devices: devicesByRoom(),
      home: groups.flatMap(({ rooms }) => rooms),
      groups: new Map(groups.flatMap(({ name, rooms: [first = ''] }) => (name === null ? [] : [[name, first]]))),
      searched: new Map(),
    }
    return made
  }

  /** @param before the former names in order: what is almost sorted is sorted fast */
  function namesOf(before: readonly string[]): string[] {
    const present = new Set(liveState.rooms())
    // A room of a probe alone exists once it has a value: forgetting the room ends there.
    for (const { room, described } of devices.all()) if (room !== null && !described?.isIgnored) present.add(room)
    const kept = before.filter((room) => present.delete(room))
    return [...kept, ...present]
  }

  function devicesByRoom(): Map<string, string[]> {
    const found = new Map<string, string[]>()
    for (const device of devices.all())
      for (const room of roomsOf(device)) {
        const here = found.get(room)
        if (here === undefined) found.set(room, [device.key])
        else here.push(device.key)
      }
    return found
  }

  /** The group's place is that of its first room; a group that has lost its last room stands where that one was. */
  function placeOf(room: string): string | null {
    const { labels, groups } = list()
    const group = labels.get(room)?.group ?? null
    return group === null ? null : (groups.get(group) ?? room)
  }

  return {
    own: () => list().names,
    home: () => list().home,
    groups: () => [...list().groups.keys()],
    labelOf: (room: string) => list().labels.get(room),
    has: (room: string) => list().devices.has(room) || list().names.includes(room),

    /** The devices of a room, those included that have only a probe there. */
    devicesIn(room: string): Device[] {
      const found: Device[] = []
      for (const key of list().devices.get(room) ?? []) {
        const device = devices.get(key)
        if (device !== undefined) found.push(device)
      }
      return found
    },

    /** Compares two rooms in their own order, whether they still exist or not. */
    compareOwn: (a: string, b: string) => compareRooms(list().labels)(a, b),

    /** Compares two rooms in the order of home. */
    compareHome(a: string, b: string): number {
      const compare = compareRooms(list().labels)
      const [first, second] = [placeOf(a), placeOf(b)]
      if (first === second) return compare(a, b)
      return first === null ? 1 : second === null ? -1 : compare(first, second)
    },

    /** The name of a room as it is searched for, and the one that people have given it. */
    searchedName(room: string): string {
      const { searched, labels } = list()
      let name = searched.get(room)
      if (name === undefined) {
        name = searchable(`${labels.get(room)?.name ?? ''} ${room}`)
        searched.set(room, name)
      }
      return name
    },
  }
}

/** The device's own room, and those in which it has a probe. */
function roomsOf({ room: own, claims, described }: Device): Set<string> {
  const rooms = new Set<string>()
  if (described?.isIgnored) return rooms
  if (own !== null) rooms.add(own)
  for (const topic of Object.keys(claims)) {
    const [home, room] = topic.split('/')
    if (home === 'home' && room !== undefined) rooms.add(room)
  }
  return rooms
}
