import type { Heartbeat, Info } from '@hearthwatch/protocol'
import type { Database } from 'better-sqlite3'

export type DeviceStatus = 'online' | 'offline' | 'unknown'

/** Someone who reports: a device by its id, or whoever reports from a room without ever saying who it is. */
export interface Device {
  /** The id, or `/` and the room for a device without one (no id can contain a `/`). */
  readonly key: string
  readonly id: string | null
  room: string | null
  /** As shown; judged is the silence, see alerts/offline.ts. */
  status: DeviceStatus
  /** Last sign of life, ms; null: never seen fresh. */
  seen: number | null
  /** Has ever sent a heartbeat. */
  beats: boolean
  /** Usual time between two signs of life in ms, as the largest of the recent ones; null: too few to tell. */
  usual: number | null
  /** How many signs of life went into `usual`. */
  signs: number
  info: Info | null
  heartbeat: Heartbeat | null
}

interface Row extends Omit<Device, 'beats' | 'info' | 'heartbeat'> {
  beats: number
  info: string | null
  heartbeat: string | null
}

export type Devices = ReturnType<typeof storeDevices>

/** The devices, kept in memory and written through: change one inside a transaction, call `put`, and `flush` at its end. */
export function storeDevices(db: Database) {
  const all = db.prepare<[], Row>('SELECT * FROM device')
  const upsert = db.prepare<[Row]>(`
    INSERT INTO device VALUES (:key, :id, :room, :status, :seen, :beats, :usual, :signs, :info, :heartbeat)
    ON CONFLICT (key) DO UPDATE SET room = :room, status = :status, seen = :seen, beats = :beats, usual = :usual,
      signs = :signs, info = :info, heartbeat = :heartbeat`)
  const remove = db.prepare<[string]>('DELETE FROM device WHERE key = ?')

  const known = new Map<string, Device>()
  const changed = new Set<Device>()

  function load(): void {
    known.clear()
    changed.clear()
    for (const row of all.all())
      known.set(row.key, { ...row, beats: row.beats === 1, info: parse(row.info), heartbeat: parse(row.heartbeat) })
  }
  load()

  return {
    get: (key: string) => known.get(key),
    all: () => known.values(),

    /** The device with this key; a new one that nothing is known of if there is none. Not stored before `put`. */
    getOrMake(key: string, id: string | null, room: string | null): Device {
      const device = known.get(key)
      return device ?? { key, id, room, status: 'unknown', seen: null, beats: false, usual: null, signs: 0, info: null, heartbeat: null }
    },

    put(device: Device): void {
      known.set(device.key, device)
      changed.add(device)
    },

    remove(key: string): void {
      const device = known.get(key)
      if (device) changed.delete(device)
      known.delete(key)
      remove.run(key)
    },

    /** Writes what has changed; the last step of a transaction. One row per device, however many messages there were. */
    flush(): void {
      for (const device of changed) {
        upsert.run({
          ...device,
          beats: device.beats ? 1 : 0,
          info: device.info && JSON.stringify(device.info),
          heartbeat: device.heartbeat && JSON.stringify(device.heartbeat),
        })
      }
      changed.clear()
    },

    /** After a rollback: back to what is in the database. */
    forget: load,
  }
}

function parse<T>(json: string | null): T | null {
  return json === null ? null : JSON.parse(json)
}
