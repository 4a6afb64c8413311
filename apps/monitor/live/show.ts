import type { Presence } from '../devices/presence.ts'
import type { Message } from '../intake/parse.ts'
import type { Store } from '../store/store.ts'
import type { Current, LiveState } from './live-state.ts'

/** Shows a reading at once, whether or not it is kept yet; what is old fills an empty tile, and nothing more. */
export function showOn(liveState: LiveState, presence: Pick<Presence, 'seriesName'>) {
  return (message: Message): void => {
    if (message.kind !== 'reading') return
    const { room, quantity, value, at } = message
    const { device } = presence.seriesName(message)
    const current: Current = { value, time: message.time ?? at, device }
    const isOld = message.retained || message.late
    message.note?.(isOld ? 'old' : 'shown')
    if (isOld) return liveState.fill(room, quantity, current)
    const before = liveState.current(room, quantity)
    liveState.show(room, quantity, current)
    // Each reading is told once, whichever of the two brought it first.
    if (!before?.recorded || !isOneReading(before, current)) liveState.tell({ type: 'reading', data: { room, quantity, ...current } })
  }
}

/** How far apart a reading may arrive by the two ways, live and in the record. ms */
const moment = 5000

/** Whether what was heard live and what stands in the record are the same reading: the one has no number, and its own time. */
export function isOneReading(a: Current, b: Current): boolean {
  return a.device === b.device && a.value === b.value && Math.abs(a.time - b.time) < moment
}

/** What the database knows is shown until something newer comes. The readings of a forgotten device stay, its tile does not. */
export function recall(liveState: LiveState, { readings, devices }: Pick<Store, 'readings' | 'devices'>): void {
  for (const { room, quantity, device, time, value } of readings.latest())
    if (device === null || devices.get(device)) liveState.show(room, quantity, { value, time, device })
}
