import { hour, second } from '@hearthwatch/protocol/durations'
import { learntTimeout, observeGap, type Rhythm, reliable, silentSince } from './rhythm.ts'

/** When a device sent messages. Times in ms. */
export interface Activity extends Rhythm {
  /** Time of its last live message; null: never seen. */
  seen: number | null
  /** True if it has ever sent a heartbeat. */
  beats: boolean
  /** A device of others. */
  described?: { silentAfter: number | null; isGateway: boolean; quantities: Readonly<Record<string, string>> } | null
}

/** The state of the open alert; null: none is open. */
export type OfflineState = { state: 'pending'; due: number } | { state: 'firing' } | { state: 'recovering'; since: number } | null

export type OfflineInput =
  /** The device sent a live message of any kind. */
  | { kind: 'seen' }
  /** The device, or its last will, published `offline`. */
  | { kind: 'offline' }
  /** Time has passed. `listeningSince`: see `BrokerLink`. */
  | { kind: 'tick'; listeningSince: number | null }

/** The steps of docs/alerts.md. A pending alert fires at `due` (ms), unless the device is seen before. */
export type OfflineStep = { step: 'pending'; due: number } | { step: 'fire' | 'recover' | 'refire' | 'resolve' | 'cancel' } | null

/** ms */
export interface OfflineTerms {
  /** Time without a message after which a device is offline, see `deviceTimeout`. */
  offlineAfter: number
  /** Delay of the alert, by the rule. */
  for?: number
  /** Time for which the device must be back before the alert resolves, by the rule. */
  keepFiringFor?: number
}

/** The shortest learnt timeout of a device with a battery, which publishes when a value has changed. ms */
const shortestOnBattery = 2 * hour

/** A device that changes its Wi-Fi access point reconnects within this time. ms */
const handover = 5000

/**
 * The state machine of an `offline` alert.
 * After `offline` was published, it fires if the device is not seen within 5 s.
 * Without a message, it fires after the timeout of the device.
 * It resolves only when the device is seen. A device that was never seen is never offline.
 */
export function judgeOffline(
  open: OfflineState,
  device: Activity,
  input: OfflineInput,
  now: number,
  { offlineAfter, for: delay = 0, keepFiringFor = 0 }: OfflineTerms,
): OfflineStep {
  switch (input.kind) {
    case 'seen':
      if (open === null) return null
      if (open.state === 'pending') return { step: 'cancel' }
      if (open.state === 'firing') return { step: keepFiringFor > 0 ? 'recover' : 'resolve' }
      // If the clock was set back, `since` lies in the future.
      return Math.abs(now - open.since) >= keepFiringFor ? { step: 'resolve' } : null
    case 'offline':
      if (open?.state === 'recovering') return { step: 'refire' }
      return open === null && device.seen !== null ? { step: 'pending', due: now + handover + delay } : null
    case 'tick': {
      const { listeningSince } = input
      if (listeningSince === null || device.seen === null || open?.state === 'firing') return null
      if (open?.state === 'recovering') return hasTimedOut(device, listeningSince, now, offlineAfter) ? { step: 'refire' } : null
      // If `offline` was published before `listeningSince`, the device may have returned unheard; then its timeout decides.
      if (open !== null && open.due - handover - delay >= listeningSince) return now >= open.due ? { step: 'fire' } : null
      const isDue = hasTimedOut(device, listeningSince, now, offlineAfter, { delay, fallback: open === null ? null : offlineAfter })
      return isDue ? { step: 'fire' } : null
    }
  }
}

/**
 * True if a device has sent nothing for longer than its timeout.
 * @param listeningSince time before it does not count, ms
 * @param delay added to the timeout, ms
 * @param fallback the timeout of a device with too few messages, ms; null: such a device is never offline
 */
export function hasTimedOut(
  device: Activity,
  listeningSince: number,
  now: number,
  offlineAfter: number,
  { delay = 0, fallback = null }: { delay?: number; fallback?: number | null } = {},
): boolean {
  const timeout = deviceTimeout(device, offlineAfter) ?? fallback
  if (device.seen === null || timeout === null) return false
  return now - silentSince(device.seen, listeningSince, now) >= timeout + delay
}

/**
 * The time without a message after which a device is offline, ms. If it has ever sent a heartbeat, this is `offlineAfter` (ms).
 * Otherwise it is three usual intervals, and at least `offlineAfter`.
 * @returns null: too few messages to know
 */
export function deviceTimeout(device: Activity, offlineAfter: number): number | null {
  const { described } = device
  // The broker publishes the last will of a gateway; its devices may all sleep.
  if (described?.isGateway) return null
  // It states how long it sleeps.
  if (described && described.silentAfter !== null) return Math.max(offlineAfter, described.silentAfter * second)
  const hasBattery = described && Object.values(described.quantities).includes('battery')
  return device.beats ? offlineAfter : learntTimeout(device, hasBattery ? Math.max(offlineAfter, shortestOnBattery) : offlineAfter)
}

/**
 * The activity of a device after a live message. If the device was missing, the pause is not its usual interval.
 * With few messages, the usual interval may be wrong, so the pause counts.
 */
export function observeDevice(device: Activity, now: number, wasMissing: boolean): Activity {
  if (device.seen === null) return { ...device, seen: now, signs: 1 }
  if (wasMissing && device.signs >= reliable) return { ...device, seen: now }
  return { ...device, seen: now, ...observeGap(device, Math.max(0, now - device.seen)) }
}
