import type { Alert } from '@hearthwatch/api/alerts'
import type { ReadingEvent } from '@hearthwatch/api/events'
import type { Health, Room } from '@hearthwatch/api/rooms'
import { compareSeverity } from '@hearthwatch/api/severity'
import { batch, computed, signal } from '@preact/signals'
import { ask, LoginNeeded, now } from './ask.ts'
import { checklist, isUntold, loadChecklist, wasUntold } from './checklist.ts'
import { onEvent } from './events.ts'
import { deleteSavedRooms, savedRooms, saveRooms } from './saved-rooms.ts'

/** The rooms in the last answer of the monitor; null: no answer yet. */
export const rooms = signal<readonly Room[] | null>(null)
/** Firing and recovering alerts, the most severe first. */
export const alerts = signal<readonly Alert[]>([])
/** Alerts that need attention: neither silenced nor inhibited by another alert. */
export const pressing = computed(() => alerts.value.filter(({ silenced, inhibited }) => silenced === null && inhibited === null))
export const health = signal<Health | null>(null)
/** Time of the shown values, ms; null: no values yet. */
export const asOf = signal<number | null>(null)

/** True while the saved rooms of this browser are shown. */
export const isRemembered = signal(false)

/** Number of connections so far. Views reload with each new connection, because events may have been missed. */
export const connections = signal(0)

export const room = (name: string) => computed(() => rooms.value?.find((one) => one.room === name))

/** The most severe first, then the newest. */
export const byWorst = (a: Alert, b: Alert) => compareSeverity(b.severity, a.severity) || (b.fired ?? b.started) - (a.fired ?? a.started)

/** Number of requests so far: only the answer to the latest one is used. */
let asked = 0

/**
 * Loads rooms, alerts and health.
 * @param isConnected a new connection: views that show more reload as well
 * @throws LoginNeeded
 * @returns true if the monitor answered
 */
export async function refresh(isConnected = false): Promise<boolean> {
  const mine = ++asked
  try {
    const [newRooms, firing, recovering, newHealth] = await Promise.all([
      ask<Room[]>('api/rooms'),
      ask<Alert[]>('api/alerts?state=firing'),
      ask<Alert[]>('api/alerts?state=recovering'),
      ask<Health>('api/health'),
      // With the rooms, so that its warning above them does not move them later. Without an answer there is no warning.
      isConnected || checklist.value === null ? loadChecklist().catch(() => {}) : undefined,
    ])
    batch(() => {
      if (isConnected) connections.value += 1
      if (mine !== asked) return
      rooms.value = newRooms.map(withNewer)
      alerts.value = [...firing, ...recovering].sort(byWorst)
      health.value = newHealth
      asOf.value = now()
      isRemembered.value = false
    })
    if (mine === asked) saveRooms({ rooms: newRooms, alerts: alerts.value, isUntold: isUntold.value, at: now() })
    return true
  } catch (error) {
    if (error instanceof LoginNeeded) throw error
    return false
  }
}

/** Shows the saved rooms until the monitor answers. */
export function recall(): void {
  const kept = savedRooms()
  if (rooms.value !== null || kept === null) return
  batch(() => {
    rooms.value = kept.rooms
    alerts.value = kept.alerts
    wasUntold.value = kept.isUntold
    asOf.value = kept.at
    isRemembered.value = true
  })
}

/** Forgets everything after a logout. */
export function forget(): void {
  asked += 1
  pending.clear()
  batch(() => {
    rooms.value = null
    alerts.value = []
    checklist.value = null
    wasUntold.value = false
    health.value = null
    asOf.value = null
    isRemembered.value = false
  })
  deleteSavedRooms()
}

/** Keeps values of events that are newer than those in the answer. */
function withNewer(room: Room): Room {
  const before = rooms.value?.find((one) => one.room === room.room)?.quantities ?? {}
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
/** Loads once for all events within a short time. */
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
