import type { Heartbeat, Info } from '@hearthwatch/protocol'
import { day } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'

export type DeviceStatus = 'online' | 'offline' | 'unknown'

/**
 * The reason why a device may write its rooms. `setup`: the access list names them. `person`: a person has confirmed its room.
 * `revoked`: its login was removed, so it claims nothing. null: nothing of these; its room is that of its first info.
 */
export type Standing = 'setup' | 'person' | 'revoked' | null

/** A device of others, as its announcements describe it. */
export interface Described {
  adapter: string
  name: string
  maker: string | null
  model: string | null
  version: string | null
  /** The device through which it is heard. */
  via: string | null
  /** Seconds that it may be silent; null: learned. */
  silentAfter: number | null
  /** Origin of its room at first sight; `device`: no room was chosen. */
  roomFrom: 'suggested_area' | 'name' | 'device'
  /** Others are heard through it, and it measures nothing. */
  isGateway: boolean
  /** No longer announced: nothing is expected of it. */
  isGone: boolean
  /** A person wants none of its readings. */
  isIgnored: boolean
  /** The quantity of each entity, given at first sight. */
  quantities: Readonly<Record<string, string>>
}

/** A device with an id, or the anonymous sender of a room. */
export interface Device {
  /** The id, or `/` and the room for a device without one (no id can contain a `/`). */
  readonly key: string
  readonly id: string | null
  room: string | null
  /** Displayed status; alerts follow the silence, see rules/offline-machine.ts. */
  status: DeviceStatus
  /** Time of its last live message, ms; null: none yet. */
  seen: number | null
  /** True if it has ever sent a heartbeat. */
  beats: boolean
  /** Usual interval between two messages, as the largest of the recent ones, ms; null: unknown yet. */
  usual: number | null
  /** Number of messages in `usual`. */
  signs: number
  info: Info | null
  heartbeat: Heartbeat | null
  standing: Standing
  /** The topics of its info that it may claim, each with the time of the claim, ms. */
  claims: Readonly<Record<string, number>>
  /** null: it is not a device of others. */
  described: Described | null
}

interface Row extends Omit<Device, 'beats' | 'info' | 'heartbeat' | 'claims' | 'described'> {
  beats: number
  info: string | null
  heartbeat: string | null
  claims: string | null
  described: string | null
}

export type Devices = ReturnType<typeof storeDevices>

/** The devices, cached in memory: change one within a transaction, call `put`, and `flush` at its end. */
export function storeDevices(db: Database, now: () => number = Date.now) {
  const all = db.prepare<[], Row>('SELECT * FROM device')
  const upsert = db.prepare<[Row]>(`
    INSERT INTO device VALUES (:key, :id, :room, :status, :seen, :beats, :usual, :signs, :info, :heartbeat, :standing, :claims, :described)
    ON CONFLICT (key) DO UPDATE SET room = :room, status = :status, seen = :seen, beats = :beats, usual = :usual,
      signs = :signs, info = :info, heartbeat = :heartbeat, standing = :standing, claims = :claims, described = :described`)
  const remove = db.prepare<[string]>('DELETE FROM device WHERE key = ?')

  const known = new Map<string, Device>()
  /** Keys of the devices with an `info`. */
  const introduced = new Set<string>()
  /** Keys of the devices that have only an id, each with the time when it was first mentioned; 0: before the start. ms */
  const mentioned = new Map<string, number>()
  const changed = new Set<Device>()
  /** The rooms of each device, as they were last known. */
  const places = new Map<string, Pick<Device, 'room' | 'claims'> & { isIgnored: boolean }>()
  let placesVersion = 0
  /** Keys of the devices whose own room this is. */
  const rooms = new Map<string, Set<string>>()

  function place({ key, room, claims, described }: Device): void {
    const before = places.get(key)
    const isIgnored = described?.isIgnored === true
    if (before?.room === room && before.claims === claims && before.isIgnored === isIgnored) return
    if (before?.room !== room) {
      leaveRoom(key)
      if (room !== null) rooms.set(room, (rooms.get(room) ?? new Set()).add(key))
    }
    places.set(key, { room, claims, isIgnored })
    placesVersion += 1
  }

  function leaveRoom(key: string): void {
    const room = places.get(key)?.room ?? null
    const here = room === null ? undefined : rooms.get(room)
    here?.delete(key)
    if (room !== null && here?.size === 0) rooms.delete(room)
  }

  function know(device: Device, since = now()): void {
    known.set(device.key, device)
    place(device)
    if (device.id === null) return
    if (device.info !== null || device.described !== null) {
      introduced.add(device.key)
      mentioned.delete(device.key)
    } else if (!mentioned.has(device.key)) {
      introduced.delete(device.key)
      mentioned.set(device.key, since)
    }
  }

  function load(): void {
    const before = new Map(mentioned)
    known.clear()
    changed.clear()
    introduced.clear()
    mentioned.clear()
    places.clear()
    rooms.clear()
    placesVersion += 1
    for (const row of all.all())
      know(
        {
          ...row,
          beats: row.beats === 1,
          info: parse(row.info),
          heartbeat: parse(row.heartbeat),
          claims: parse(row.claims) ?? {},
          described: parse(row.described),
        },
        before.get(row.key) ?? 0,
      )
  }
  load()

  return {
    get: (key: string) => known.get(key),
    all: () => known.values(),

    /** The devices whose own room this is. */
    inRoom: (room: string): readonly Device[] => [...(rooms.get(room) ?? [])].flatMap((key) => known.get(key) ?? []),

    /** Another number after a device came, went, or changed its rooms. */
    placesVersion: () => placesVersion,

    /** Number of devices with an id: with an `info`, and without one. */
    count: () => ({ introduced: introduced.size, mentioned: mentioned.size }),

    /** True for a device that has only an id, and was first mentioned during the last day and since the start. */
    isNew: (key: string) => now() - (mentioned.get(key) ?? 0) < day,

    /** The device with this key, or a new one that is not stored before `put`. */
    getOrMake(key: string, id: string | null, room: string | null): Device {
      const unseen = { status: 'unknown', seen: null, beats: false, usual: null, signs: 0, info: null, heartbeat: null } as const
      return known.get(key) ?? { key, id, room, ...unseen, standing: null, claims: {}, described: null }
    },

    put(device: Device): void {
      know(device)
      changed.add(device)
    },

    remove(key: string): void {
      const device = known.get(key)
      if (device) changed.delete(device)
      known.delete(key)
      introduced.delete(key)
      mentioned.delete(key)
      leaveRoom(key)
      if (places.delete(key)) placesVersion += 1
      remove.run(key)
    },

    /** Writes the changed devices, one row each; the last step of a transaction. */
    flush(): void {
      for (const device of changed) {
        upsert.run({
          ...device,
          beats: device.beats ? 1 : 0,
          info: device.info && JSON.stringify(device.info),
          heartbeat: device.heartbeat && JSON.stringify(device.heartbeat),
          claims: JSON.stringify(device.claims),
          described: device.described && JSON.stringify(device.described),
        })
      }
      changed.clear()
    },

    /** After a rollback: reads the database again. */
    forget: load,
  }
}

function parse<T>(json: string | null): T | null {
  return json === null ? null : JSON.parse(json)
}
