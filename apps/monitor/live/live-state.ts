import type { ReadingEvent, StatusEvent } from '@hearthwatch/api/events'
import type { Label } from '@hearthwatch/api/labels'
import type { NoteEvent } from '@hearthwatch/api/notes'
import type { Alert } from '../rules/alert.ts'

/** The latest value of a series, committed or not. Times in ms. */
export interface Current extends Pick<ReadingEvent, 'value' | 'time' | 'device'> {
  /** A retained or late value, taken at an unknown time: `time` is its arrival. */
  old?: true
  /** It arrived in the record, and not yet live. */
  recorded?: true
}

/** An event for open pages. Alerts and notifications are rows of the database; the web turns them into events of the API. */
export type LiveEvent =
  | { type: 'reading'; data: ReadingEvent }
  | { type: 'status'; data: StatusEvent }
  | { type: 'alert'; data: Alert }
  | { type: 'notification'; data: { id: number } }
  | { type: 'label'; data: Label }
  | { type: 'note'; data: NoteEvent }

export type LiveState = ReturnType<typeof createLiveState>

/**
 * The latest values, and the subscribers to their changes. Kept in memory; filled from the database at the start.
 */
export function createLiveState(now: () => number) {
  const rooms = new Map<string, Map<string, Current>>()
  const listeners = new Set<(event: LiveEvent) => void>()
  let version = 0

  function quantities(room: string): Map<string, Current> {
    let found = rooms.get(room)
    if (found === undefined) {
      found = new Map()
      rooms.set(room, found)
      version += 1
    }
    return found
  }

  function forgetRoom(room: string): void {
    if (rooms.delete(room)) version += 1
  }

  return {
    /** The value shown, if any. */
    current: (room: string, quantity: string) => rooms.get(room)?.get(quantity),

    /**
     * Shows a fresh reading unless a later one is shown already. A time ahead of our clock is set to now: otherwise the
     * value would stay until that time has come.
     */
    show(room: string, quantity: string, current: Current): void {
      const shown = quantities(room)
      const before = shown.get(quantity)
      const time = Math.min(current.time, now())
      if (before === undefined || before.old || before.time <= time || before.time > now()) shown.set(quantity, { ...current, time })
    },

    /** Shows a retained or late reading if the tile is empty or shows an older one of this kind. */
    fill(room: string, quantity: string, current: Current): void {
      const shown = quantities(room)
      const before = shown.get(quantity)
      const time = Math.min(current.time, now())
      if (before === undefined || (before.old && before.time < time)) shown.set(quantity, { ...current, time, old: true })
    },

    /**
     * Removes every value of this device.
     * @param heirOf the device that owns the topic from now on: it keeps the value; null: none
     */
    forget(device: string, heirOf: (room: string, quantity: string) => string | null = () => null): void {
      for (const [room, shown] of rooms) {
        for (const [quantity, current] of shown) {
          if (current.device !== device) continue
          const heir = heirOf(room, quantity)
          if (heir === null) shown.delete(quantity)
          else shown.set(quantity, { ...current, device: heir })
        }
        if (shown.size === 0) forgetRoom(room)
      }
    },

    hasRoom: (room: string) => rooms.has(room),

    /** The quantities of a room that have a value. */
    quantitiesOf: (room: string) => [...(rooms.get(room)?.keys() ?? [])],

    /** Removes every value of this room. */
    forgetRoom,

    /** Every value shown. */
    *values(): Generator<Current & { room: string; quantity: string }> {
      for (const [room, shown] of rooms) for (const [quantity, current] of shown) yield { room, quantity, ...current }
    },

    /** Another number after a room came or went. */
    version: () => version,

    /** The rooms that have a value. */
    rooms: () => rooms.keys(),

    /** The latest values of a room. */
    valuesIn: (room: string): ReadonlyMap<string, Current> => rooms.get(room) ?? none,

    emit(event: LiveEvent): void {
      for (const listener of listeners) listener(event)
    },

    /** @returns stops listening */
    onEvent(listener: (event: LiveEvent) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const none: ReadonlyMap<string, Current> = new Map()
