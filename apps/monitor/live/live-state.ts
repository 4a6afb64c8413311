import type { ReadingEvent, StatusEvent } from '@hearthwatch/api/events'
import type { Label } from '@hearthwatch/api/labels'
import type { NoteEvent } from '@hearthwatch/api/notes'
import type { Room } from '@hearthwatch/api/rooms'
import { quantityOf } from '@hearthwatch/protocol'
import type { Alert } from '../rules/alert.ts'
import type { Device, DeviceStatus } from '../store/devices.ts'

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

export type RoomView = Pick<Room, 'room' | 'status' | 'quantities' | 'devices'> & { alerts: Alert[] }

export type LiveState = ReturnType<typeof createLiveState>

/**
 * The latest values, and the subscribers to their changes. Kept in memory; filled from the database at the start.
 */
export function createLiveState(now: () => number) {
  const rooms = new Map<string, Map<string, Current>>()
  const listeners = new Set<(event: LiveEvent) => void>()

  function quantities(room: string): Map<string, Current> {
    let found = rooms.get(room)
    if (found === undefined) {
      found = new Map()
      rooms.set(room, found)
    }
    return found
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
        if (shown.size === 0) rooms.delete(room)
      }
    },

    hasRoom: (room: string) => rooms.has(room),

    /** The quantities of a room that have a value. */
    quantitiesOf: (room: string) => [...(rooms.get(room)?.keys() ?? [])],

    /** Removes every value of this room. */
    forgetRoom: (room: string) => void rooms.delete(room),

    /** Every value shown. */
    *values(): Generator<Current & { room: string; quantity: string }> {
      for (const [room, shown] of rooms) for (const [quantity, current] of shown) yield { room, quantity, ...current }
    },

    /** The rooms, in no order. @param staleAfter how long a value of this device counts as current, ms */
    rooms(
      devices: Iterable<Device>,
      alerts: Iterable<Alert>,
      now: number,
      staleAfter: (device: string | null, room: string) => number,
    ): RoomView[] {
      const all = [...devices]
      const devicesOf = Map.groupBy(
        all.flatMap((device) => roomsOf(device).map((room) => ({ device, room }))),
        ({ room }) => room,
      )
      const alertsOf = Map.groupBy(alerts, (alert) => alert.room)
      // A room of a probe alone exists once it has a value: forgetting the room ends there.
      const names = [...new Set([...rooms.keys(), ...all.flatMap(({ room, described }) => (described?.isIgnored ? [] : (room ?? [])))])]
      return names.map((room) => {
        const here = (devicesOf.get(room) ?? []).map(({ device }) => device)
        const values = [...(rooms.get(room) ?? [])].map(([quantity, { value, time, device, old }]) => {
          const stale = old === true || now - time > staleAfter(device, room)
          return [quantity, { value, unit: quantityOf(quantity).unit, time, stale }] as const
        })
        return {
          room,
          status: statusOf(here),
          // fromEntries defines own properties, so that no quantity can reach a prototype.
          quantities: Object.fromEntries(values),
          devices: here.flatMap((device) => (device.id === null ? [] : [device.id])),
          alerts: (alertsOf.get(room) ?? []).filter((alert) => alert.state !== 'pending'),
        }
      })
    },

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

/** The device's own room, and those in which it has a probe. */
function roomsOf({ room: own, claims, described }: Device): string[] {
  if (described?.isIgnored) return []
  const rooms = new Set(own === null ? [] : [own])
  for (const topic of Object.keys(claims)) {
    const [home, room] = topic.split('/')
    if (home === 'home' && room !== undefined) rooms.add(room)
  }
  return [...rooms]
}

/** Online if any device is, else offline if any device is, else unknown. */
function statusOf(devices: Device[]): DeviceStatus {
  const found = (status: DeviceStatus) => devices.some((device) => device.status === status)
  return found('online') ? 'online' : found('offline') ? 'offline' : 'unknown'
}
