import { enough, learn, type Rhythm, silentSince } from './rhythm.ts'

/** What is known of a device's life; times in ms. */
export interface Life extends Rhythm {
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
   * Time passes. `watching`: since when we have been able to hear it, ms; null while we cannot (our own link is down).
   */
  | { kind: 'tick'; watching: number | null }

/** `wait` is a doubt: the alert follows at `due` unless there is a sign of life. */
export type OfflineStep = { step: 'wait'; due: number } | { step: 'fire' | 'recover' | 'relapse' | 'resolve' | 'forget' } | null

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
  life: Life,
  input: OfflineInput,
  now: number,
  { after, later = 0, keep = 0 }: OfflineTerms,
): OfflineStep {
  switch (input.kind) {
    case 'alive':
      if (open === null) return null
      if (open.state === 'pending') return { step: 'forget' }
      if (open.state === 'firing') return { step: keep > 0 ? 'recover' : 'resolve' }
      // Back since a time to come: the clock has been put back.
      return Math.abs(now - open.well) >= keep ? { step: 'resolve' } : null
    case 'offline':
      if (open?.state === 'recovering') return { step: 'relapse' }
      return open === null && life.seen !== null ? { step: 'wait', due: now + handover + later } : null
    case 'tick': {
      const { watching } = input
      if (watching === null || life.seen === null || open?.state === 'firing') return null
      if (open?.state === 'recovering') return isMissed(life, watching, now, after) ? { step: 'relapse' } : null
      // What was said before we could hear the answer counts for nothing: then its silence decides.
      if (open !== null && open.due - handover - later >= watching) return now >= open.due ? { step: 'fire' } : null
      return isMissed(life, watching, now, after, { later, unknown: open === null ? null : after }) ? { step: 'fire' } : null
    }
  }
}

/**
 * Whether a device has been silent for longer than it may.
 * @param watching since when we have been able to hear it, ms
 * @param later ms for which it must have been missed
 * @param unknown ms that it may be silent where too little is known of it; null: it is never missed then
 */
export function isMissed(
  life: Life,
  watching: number,
  now: number,
  after: number,
  { later = 0, unknown = null }: { later?: number; unknown?: number | null } = {},
): boolean {
  const limit = silenceLimit(life, after) ?? unknown
  if (life.seen === null || limit === null) return false
  return now - silentSince(life.seen, watching, now) >= limit + later
}

/**
 * How long a device may be silent, in ms: `offlineAfter` (ms) for who has ever sent a heartbeat, else three times its
 * usual interval and at least that.
 * @returns null where too little is known to miss it
 */
export function silenceLimit(life: Life, offlineAfter: number): number | null {
  if (life.beats) return offlineAfter
  return life.usual === null || life.signs < 3 ? null : Math.max(offlineAfter, 3 * life.usual)
}

/**
 * The device's life after a sign of life. Its absence while it was missed is not its usual interval, unless it is so
 * little known that it may have been missed for nothing.
 */
export function signOfLife(life: Life, now: number, missed: boolean): Life {
  if (life.seen === null) return { ...life, seen: now, signs: 1 }
  if (missed && life.signs >= enough) return { ...life, seen: now }
  return { ...life, seen: now, ...learn(life, Math.max(0, now - life.seen)) }
}
