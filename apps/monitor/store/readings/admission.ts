import type { Fault } from '@hearthwatch/protocol'
import { day } from '@hearthwatch/protocol/durations'
import type { SeriesName } from './series-name.ts'

/**
 * Bounds on what messages may begin; a large home stays far below. Rooms, series and their alerts stay for ever, and every
 * page lists them.
 */
export const bounds = {
  /** Rooms and series without a device: plain topics, whose sender is unknown. */
  plain: { rooms: 1000, series: 5000 },
  /** Rooms and series of one device. */
  device: { rooms: 32, series: 256 },
  /** Quantities of one room of one sender. */
  quantities: 64,
} as const

export type Admission = ReturnType<typeof createAdmission>

/** Admits rooms and series up to the bounds, and remembers those that are known. Needs no transaction: nothing is written. */
export function createAdmission(names: () => Iterable<SeriesName>, now: () => number) {
  let known = new Set<string>()
  /** Number of series by sender and room; `''`: plain topics. */
  let senders = new Map<string, Map<string, number>>()
  /** When each room was first seen; 0: before the start. ms */
  let rooms = new Map<string, number>()

  const keyOf = ({ room, quantity, device }: SeriesName) => `${room}\0${quantity}\0${device ?? ''}`

  function roomsOf(device: string | null): Map<string, number> {
    const found = senders.get(device ?? '') ?? new Map<string, number>()
    senders.set(device ?? '', found)
    return found
  }

  function add(name: SeriesName, key: string, at: number): void {
    known.add(key)
    const of = roomsOf(name.device)
    of.set(name.room, (of.get(name.room) ?? 0) + 1)
    if (!rooms.has(name.room)) rooms.set(name.room, at)
  }

  /** After series were removed: reads them again. */
  function reload(): void {
    const before = rooms
    known = new Set()
    senders = new Map()
    rooms = new Map()
    for (const name of names()) add(name, keyOf(name), before.get(name.room) ?? 0)
  }
  reload()

  return {
    /** Admits a series. @returns why it is refused; null: it is known from now on */
    series(name: SeriesName): Fault | null {
      const key = keyOf(name)
      if (known.has(key)) return null
      const of = roomsOf(name.device)
      const most = name.device === null ? bounds.plain : bounds.device
      if (!of.has(name.room) && of.size >= most.rooms) return 'too-many-rooms'
      const series = [...of.values()].reduce((sum, count) => sum + count, 0)
      if ((of.get(name.room) ?? 0) >= bounds.quantities || series >= most.series) return 'too-many-series'
      add(name, key, now())
      return null
    },

    /** Admits a room that a message without a reading names. */
    room(room: string): Fault | null {
      if (rooms.has(room)) return null
      const plain = roomsOf(null)
      if (plain.size >= bounds.plain.rooms) return 'too-many-rooms'
      plain.set(room, 0)
      rooms.set(room, now())
      return null
    },

    /** True for a room that was first named during the last day, and since the start. */
    isNew: (room: string) => now() - (rooms.get(room) ?? 0) < day,

    reload,
  }
}
