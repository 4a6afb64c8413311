import type { Alert } from '@hearthwatch/api/alerts'
import type { ReadingEvent } from '@hearthwatch/api/events'
import type { Health, Room } from '@hearthwatch/api/rooms'
import { batch, computed, signal } from '@preact/signals'
import { ask, LoginNeeded, now } from './ask.ts'
import { onEvent } from './events.ts'
import { deleteSavedRooms, savedRooms, saveRooms } from './saved-rooms.ts'

/** What the monitor last said; null: nothing yet. */
export const rooms = signal<readonly Room[] | null>(null)
/** Alerts that are on, the worst first: those that recover are not over. */
export const alerts = signal<readonly Alert[]>([])
/** Those among them that somebody should look at: not silenced, not explained by another. */
export const pressing = computed(() => alerts.value.filter(({ silenced, inhibited }) => silenced === null && inhibited === null))
export const health = signal<Health | null>(null)
/** When the rooms were as they are shown, ms; null: not yet. */
export const asOf = signal<number | null>(null)

/** Whether the rooms are shown as this browser remembers them: the monitor has not said anything yet. */
export const isRemembered = signal(false)

/** Counts up with every answer after which views should look for what they missed: a first connection, each later one. */
export const fresh = signal(0)

export const room = (name: string) => computed(() => rooms.value?.find((one) => one.room === name))

const severities = ['critical', 'warning', 'info']
/** The worst first, then the latest. */
export const byWorst = (a: Alert, b: Alert) =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) || (b.fired ?? b.started) - (a.fired ?? a.started)

/** Counts up, so that an answer that was overtaken is known as such. */
let asked = 0

/**
 * Asks for the house as it is.
 * @param isConnected the line is up (again): who shows more than this asks for it, too
 * @throws LoginNeeded
 * @returns whether the monitor answered
 */
export async function refresh(isConnected = false): Promise<boolean> {
  const mine = ++asked
  try {
    const [newRooms, firing, recovering, newHealth] = await Promise.all([
      ask<Room[]>('api/rooms'),
      ask<Alert[]>('api/alerts?state=firing'),
      ask<Alert[]>('api/alerts?state=recovering'),
      ask<Health>('api/health'),
    ])
    batch(() => {
      if (isConnected) fresh.value += 1
      if (mine !== asked) return
      rooms.value = newRooms.map(withNewer)
      alerts.value = [...firing, ...recovering].sort(byWorst)
      health.value = newHealth
      asOf.value = now()
      isRemembered.value = false
    })
    if (mine === asked) saveRooms(newRooms, now())
    return true
  } catch (error) {
    if (error instanceof LoginNeeded) throw error
    return false
  }
}

/** What this browser remembers, until the monitor answers. */
export function recall(): void {
  const kept = savedRooms()
  if (rooms.value !== null || kept === null) return
  batch(() => {
    rooms.value = kept.rooms
    asOf.value = kept.at
    isRemembered.value = true
  })
}

/** Forgets all: whoever looks next may not be allowed to. */
export function forget(): void {
  asked += 1
  pending.clear()
  batch(() => {
    rooms.value = null
    alerts.value = []
    health.value = null
    asOf.value = null
    isRemembered.value = false
  })
  deleteSavedRooms()
}

/** A reading that came while the answer was on its way is not overwritten by it. */
function withNewer(room: Room): Room {
  const before = rooms.value?.find((one) => one.room === room.room)?.quantities ?? {}
  const newer = Object.entries(before).filter(([name, current]) => {
    const answered = room.quantities[name]
    return answered !== undefined && current.time > answered.time
  })
  return newer.length === 0 ? room : { ...room, quantities: { ...room.quantities, ...Object.fromEntries(newer) } }
}

const pending = new Map<string, ReadingEvent>()
/** How many series changed together the last time. */
let together = 0

/** ms until what has come is drawn: at once in a calm house, now and then in a busy one, seldom where nobody looks. */
const pace = () => (document.visibilityState !== 'visible' ? 1000 : together > 8 ? 300 : 50)

/** Many readings may come between two drawings: of each series the last is shown. */
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
    const there = changed.get(name) ?? known.find((one) => one.room === name)
    const current = there && Object.hasOwn(there.quantities, quantity) ? there.quantities[quantity] : undefined
    if (there === undefined || current === undefined) isNew = true
    else if (time >= current.time) {
      changed.set(name, { ...there, quantities: { ...there.quantities, [quantity]: { ...current, value, time, stale: false } } })
    }
  }
  batch(() => {
    rooms.value = known.map((one) => changed.get(one.room) ?? one)
    asOf.value = now()
  })
  if (isNew) refreshSoon()
}

let isWaiting = false
/** Once for all that happens together. */
export function refreshSoon(): void {
  if (isWaiting) return
  isWaiting = true
  setTimeout(() => {
    isWaiting = false
    if (rooms.value !== null) refresh().catch(() => {})
  }, 150)
}

onEvent('status', refreshSoon)
onEvent('alert', refreshSoon)
onEvent('label', refreshSoon)
