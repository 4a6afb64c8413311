import { troubleOf } from '@hearthwatch/api/room-order'
import type { Room } from '@hearthwatch/api/rooms'
import { quantityOf } from '@hearthwatch/protocol'
import type { Alert } from '../rules/alert.ts'
import type { Device, DeviceStatus } from '../store/devices.ts'
import type { Current, LiveState } from './live-state.ts'
import type { RoomList } from './room-list.ts'

export type RoomView = Pick<Room, 'room' | 'status' | 'quantities' | 'devices'> & { alerts: Alert[] }

export interface RoomViewOptions {
  liveState: Pick<LiveState, 'valuesIn'>
  list: RoomList
  alerts: { allOpen(): Iterable<Alert> }
  /** How long a value of this device counts as current, ms. */
  staleAfter(device: string | null, room: string): number
  now(): number
}

/** The rooms as they are at this moment. */
export function createRoomViews({ liveState, list, alerts, staleAfter, now }: RoomViewOptions) {
  const shownAlerts = () => Map.groupBy(alerts.allOpen(), ({ room, state }) => (state === 'pending' ? null : room))
  const isStale = ({ time, device, old }: Current, room: string, at: number) => old === true || at - time > staleAfter(device, room)

  function view(room: string, here: Alert[], at: number): RoomView {
    const devices = list.devicesIn(room)
    const values = [...liveState.valuesIn(room)].map(([quantity, current]) => {
      const { value, time } = current
      return [quantity, { value, unit: quantityOf(quantity).unit, time, stale: isStale(current, room, at) }] as const
    })
    return {
      room,
      status: statusOf(devices),
      // fromEntries defines own properties, so that no quantity can reach a prototype.
      quantities: Object.fromEntries(values),
      devices: devices.flatMap(({ id }) => id ?? []),
      alerts: here,
    }
  }

  return {
    /** The views of these rooms. */
    of(names: readonly string[]): RoomView[] {
      const open = shownAlerts()
      return names.map((room) => view(room, open.get(room) ?? [], now()))
    },

    /** Number of rooms that are online. */
    online: remembered(() => {
      let count = 0
      for (const room of list.own()) if (statusOf(list.devicesIn(room)) === 'online') count += 1
      return count
    }),

    /** The trouble of each room, without the details of a view. */
    troubles: remembered(() => {
      const open = shownAlerts()
      const at = now()
      const found = new Map<string, number>()
      for (const room of list.own()) {
        let isOld = false
        for (const current of liveState.valuesIn(room).values()) isOld ||= isStale(current, room, at)
        found.set(room, troubleOf({ alerts: open.get(room) ?? [], status: statusOf(list.devicesIn(room)), isStale: isOld }))
      }
      return found
    }),
  }

  /** Keeps the result of a look at all rooms for a moment, if there are thousands: each page would look again. */
  function remembered<T>(look: () => T): () => T {
    let found: { result: T; at: number } | undefined
    return () => {
      const at = performance.now()
      if (found === undefined || list.own().length <= few || at - found.at > moment) found = { result: look(), at }
      return found.result
    }
  }
}

/** Rooms that are looked at with each request. */
const few = 1000
/** ms */
const moment = 2000

export type RoomViews = ReturnType<typeof createRoomViews>

/** Online if any device is, else offline if any device is, else unknown. */
function statusOf(devices: readonly Device[]): DeviceStatus {
  let best: DeviceStatus = 'unknown'
  for (const { status } of devices) {
    if (status === 'online') return status
    if (status === 'offline') best = status
  }
  return best
}
