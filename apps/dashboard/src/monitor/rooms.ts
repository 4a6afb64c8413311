import type { ReadingEvent } from '@hearthwatch/api/events'
import type { Room, RoomPage } from '@hearthwatch/api/rooms'
import { computed, signal } from '@preact/signals'
import { onEvent } from './events.ts'

/** The rooms in the last answer of the monitor; null: no answer yet. Of a large house only those that were loaded. */
export const rooms = signal<readonly Room[] | null>(null)
/** A house of so many rooms is loaded as a whole, a larger one in pages of this size. */
export const pageSize = 200
/** True if the house is loaded in pages. */
export const isLarge = signal(false)
/** The whole house, whatever is loaded of it. */
export const house = signal<Pick<RoomPage, 'total' | 'online' | 'groups'>>({ total: 0, online: 0, groups: [] })

const byName = computed(() => new Map((rooms.value ?? []).map((room) => [room.room, room])))
export const roomOf = (name: string | null | undefined): Room | undefined => byName.value.get(name ?? '')

/** Takes new states of rooms: others stay as they are, and those that no longer exist are removed. */
export function takeRooms(answer: readonly Room[], gone: readonly string[] = []): void {
  const known = new Map(byName.peek())
  for (const name of gone) known.delete(name)
  for (const room of answer) known.set(room.room, withNewer(room))
  rooms.value = [...known.values()]
}

/** Takes all rooms of the house, in their order. */
export function takeAll(answer: readonly Room[]): void {
  rooms.value = answer.map(withNewer)
}

/** Keeps values of events that are newer than those in the answer. */
function withNewer(room: Room): Room {
  const before = byName.peek().get(room.room)?.quantities ?? {}
  const newer = Object.entries(before).filter(([name, current]) => {
    const answered = room.quantities[name]
    return answered !== undefined && current.time > answered.time
  })
  return newer.length === 0 ? room : { ...room, quantities: { ...room.quantities, ...Object.fromEntries(newer) } }
}

const pending = new Map<string, ReadingEvent>()
/** Number of series in the last redraw. */
let together = 0

/** ms until new readings are drawn: longer if many arrive, longest while the page is hidden. */
const pace = () => (document.visibilityState !== 'visible' ? 1000 : together > 8 ? 300 : 50)

/** Called after readings were drawn. @param isNew true if one is of a room or a quantity that is not known yet */
let onDrawn = (_isNew: boolean) => {}
export function onReadingsDrawn(listener: typeof onDrawn): void {
  onDrawn = listener
}

/** Forgets readings that are not drawn yet. */
export const dropPending = () => pending.clear()

/** The latest reading of each series since the last redraw. */
onEvent('reading', (reading) => {
  if (pending.size === 0) setTimeout(showPending, pace())
  pending.set(JSON.stringify([reading.room, reading.quantity]), reading)
})

function showPending(): void {
  const readings = [...pending.values()]
  together = readings.length
  pending.clear()
  const known = rooms.value
  if (known === null || readings.length === 0) return
  let isNew = false
  const changed = new Map<string, Room>()
  for (const { room: name, quantity, value, time } of readings) {
    const there = changed.get(name) ?? roomOf(name)
    const current = there && Object.hasOwn(there.quantities, quantity) ? there.quantities[quantity] : undefined
    // In a large house most rooms are not loaded.
    if (there === undefined || current === undefined) isNew ||= there !== undefined || !isLarge.value
    else if (time >= current.time) {
      changed.set(name, { ...there, quantities: { ...there.quantities, [quantity]: { ...current, value, time, stale: false } } })
    }
  }
  if (changed.size > 0) rooms.value = known.map((one) => changed.get(one.room) ?? one)
  onDrawn(isNew)
}
