import { enough, observeGap, type Rhythm, silentSince } from './rhythm.ts'

/** What is known of a device's life; times in ms. */
export interface Activity extends Rhythm {
  /** Last sign of life; null: never seen fresh. */
  seen: number | null
  /** Has ever sent a heartbeat. */
  beats: boolean
}

/** The open alert, as far as this machine cares. */
export type OfflineState = { state: 'pending'; due: number } | { state: 'firing' } | { state: 'recovering'; well: number } | null

export type OfflineInput =
  /** A fresh message of any kind. */
  | { kind: 'alive' }
  /** `offline`, said by its will or by itself. */
  | { kind: 'offline' }
  /**
   * Time passes. `listeningSince`: since when we have been able to hear it, ms; null while we cannot (our own link is down).
   */
  | { kind: 'tick'; listeningSince: number | null }

/** `wait` is a doubt: the alert follows at `due` unless there is a sign of life. */
export type OfflineStep = { step: 'pending'; due: number } | { step: 'fire' | 'recover' | 'refire' | 'resolve' | 'cancel' } | null

/** What the rule says; ms. */
export interface OfflineTerms {
  /** How long a device may be silent at least. */
  after: number
  /** How much later than that it is told (`for`). */
  later?: number
  /** How long it must be back before the alert is over (`keepFiringFor`). */
  keep?: number
}

/** A Wi-Fi hand-over breaks the connection and is over in a moment: no alert. ms */
const handover = 5000

/**
 * The life of an `offline` alert: a word (`offline`) is believed after 5 s without a sign of life, silence after the
 * device's own limit. No device that was never seen fresh is ever missed, and only a sign of life ends the alert.
 */
export function judgeOffline(
  open: OfflineState,
  activity: Activity,
  input: OfflineInput,
  now: number,
  { after, later = 0, keep = 0 }: OfflineTerms,
): OfflineStep {
  switch (input.kind) {
    case 'alive':
      if (open === null) return null
      if (open.state === 'pending') return { step: 'cancel' }
      if (open.state === 'firing') return { step: keep > 0 ? 'recover' : 'resolve' }
      // Back since a time to come: the clock has been put back.
      return Math.abs(now - open.well) >= keep ? { step: 'resolve' } : null
    case 'offline':
      if (open?.state === 'recovering') return { step: 'refire' }
      return open === null && activity.seen !== null ? { step: 'pending', due: now + handover + later } : null
    case 'tick': {
      const { listeningSince } = input
      if (listeningSince === null || activity.seen === null || open?.state === 'firing') return null
      if (open?.state === 'recovering') return isMissed(activity, listeningSince, now, after) ? { step: 'refire' } : null
      // What was said before we could hear the answer counts for nothing: then its silence decides.
      if (open !== null && open.due - handover - later >= listeningSince) return now >= open.due ? { step: 'fire' } : null
      return isMissed(activity, listeningSince, now, after, { later, unknown: open === null ? null : after }) ? { step: 'fire' } : null
    }
  }
}

/**
 * Whether a device has been silent for longer than it may.
 * @param listeningSince since when we have been able to hear it, ms
 * @param later ms for which it must have been missed
 * @param unknown ms that it may be silent where too little is known of it; null: it is never missed then
 */
export function isMissed(
  activity: Activity,
  listeningSince: number,
  now: number,
  after: number,
  { later = 0, unknown = null }: { later?: number; unknown?: number | null } = {},
): boolean {
  const limit = deviceTimeout(activity, after) ?? unknown
  if (activity.seen === null || limit === null) return false
  return now - silentSince(activity.seen, listeningSince, now) >= limit + later
}

/**
 * How long a device may be silent, in ms: `offlineAfter` (ms) for who has ever sent a heartbeat, else three times its
 * usual interval and at least that.
 * @returns null where too little is known to miss it
 */
export function deviceTimeout(activity: Activity, offlineAfter: number): number | null {
  if (activity.beats) return offlineAfter
  return activity.usual === null || activity.signs < 3 ? null : Math.max(offlineAfter, 3 * activity.usual)
}

/**
 * The device's life after a sign of life. Its absence while it was missed is not its usual interval, unless it is so
 * little known that it may have been missed for nothing.
 */
export function observeDevice(activity: Activity, now: number, missed: boolean): Activity {
  if (activity.seen === null) return { ...activity, seen: now, signs: 1 }
  if (missed && activity.signs >= enough) return { ...activity, seen: now }
  return { ...activity, seen: now, ...observeGap(activity, Math.max(0, now - activity.seen)) }
}
