import type { Alert } from '@hearthwatch/api/alerts'
import type { Health } from '@hearthwatch/api/rooms'
import { compareSeverity } from '@hearthwatch/api/severity'
import { batch, computed, signal } from '@preact/signals'
import { ask, LoginNeeded, now } from './ask.ts'
import { checklist, isUntold, loadChecklist, wasUntold } from './checklist.ts'
import { onEvent } from './events.ts'
import { forgetPages, listedRooms, loadRooms } from './room-pages.ts'
import { dropPending, isLarge, onReadingsDrawn, pageSize, rooms } from './rooms.ts'
import { deleteSavedRooms, savedRooms, saveRooms } from './saved-rooms.ts'

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
    const [takeRooms, firing, recovering, newHealth] = await Promise.all([
      loadRooms(),
      ask<Alert[]>('api/alerts?state=firing'),
      ask<Alert[]>('api/alerts?state=recovering'),
      ask<Health>('api/health'),
      // With the rooms, so that its warning above them does not move them later. Without an answer there is no warning.
      isConnected || checklist.value === null ? loadChecklist().catch(() => {}) : undefined,
    ])
    batch(() => {
      if (isConnected) connections.value += 1
      if (mine !== asked) return
      takeRooms()
      alerts.value = [...firing, ...recovering].sort(byWorst)
      health.value = newHealth
      asOf.value = now()
      isRemembered.value = false
    })
    if (mine === asked) {
      const kept = isLarge.value ? listedRooms().slice(0, pageSize) : (rooms.value ?? [])
      saveRooms({ rooms: kept, alerts: alerts.value.slice(0, pageSize), isUntold: isUntold.value, at: now() })
    }
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
  dropPending()
  forgetPages()
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

onReadingsDrawn((isNew) => {
  asOf.value = now()
  if (isNew) refreshSoon()
})

/** ms: in a storm each answer is long */
const soon = () => (alerts.peek().length > 100 ? 1000 : 150)
let isWaiting = false
/** Loads once for all events within a short time. */
export function refreshSoon(): void {
  if (isWaiting) return
  isWaiting = true
  setTimeout(() => {
    isWaiting = false
    if (rooms.value !== null) refresh().catch(() => {})
  }, soon())
}

onEvent('status', refreshSoon)
onEvent('alert', refreshSoon)
onEvent('label', refreshSoon)
