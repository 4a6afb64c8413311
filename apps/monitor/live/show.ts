import type { Store } from '../store/store.ts'
import type { Current, LiveState } from './live-state.ts'

/** A live reading as it arrives. Times in ms. */
export interface Arrived {
  room: string
  quantity: string
  value: number
  /** When it was taken, if its message says so. */
  time: number | null
  at: number
  retained: boolean
  late: boolean
}

/**
 * Shows a reading at once, stored or not. A retained or late one only fills an empty tile.
 * @param device the device that owns the reading's topic; null: unknown
 */
export function showReading(liveState: LiveState, { room, quantity, value, time, at, retained, late }: Arrived, device: string | null) {
  const current: Current = { value, time: time ?? at, device }
  if (retained || late) return liveState.fill(room, quantity, current)
  const before = liveState.current(room, quantity)
  liveState.show(room, quantity, current)
  // One event for each reading, whether it arrived live or in the record first.
  if (!before?.recorded || !isOneReading(before, current)) liveState.emit({ type: 'reading', data: { room, quantity, ...current } })
}

/** How far apart a reading may arrive by its two ways, live and in the record. ms */
const mostApart = 5000

/** True if a live reading and one of the record are the same: the live one has no number, and its own time. */
export function isOneReading(a: Current, b: Current): boolean {
  return a.device === b.device && a.value === b.value && Math.abs(a.time - b.time) < mostApart
}

/** Shows the latest stored values until newer ones arrive. Tiles of forgotten devices are left out; their readings stay. */
export function recall(liveState: LiveState, { readings, devices }: Pick<Store, 'readings' | 'devices'>, now: number): void {
  for (const { room, quantity, device, time, value } of readings.latest(now))
    if (device === null || devices.get(device)) liveState.show(room, quantity, { value, time, device })
}
