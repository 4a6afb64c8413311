/** What is known of a device's life; times in ms. */
export interface Life {
  /** Last sign of life; null: never seen fresh. */
  seen: number | null
  /** Has ever sent a heartbeat. */
  beats: boolean
  usual: number | null
  signs: number
}

/** The open alert, as far as this machine cares. */
export type OfflineState = { state: 'pending'; due: number } | { state: 'firing' } | null

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
export type OfflineStep = { step: 'wait'; due: number } | { step: 'fire' } | { step: 'resolve' } | { step: 'forget' } | null

/** Values that come closer together than this are one sign of life: a sensor that wakes up and tells all it has. ms */
const together = 100
/** With fewer signs of life than this we may be wrong about the usual interval. */
const enough = 10

/** A Wi-Fi hand-over breaks the connection and is over in a moment: no alert. ms */
const handover = 5000

/**
 * The life of an `offline` alert: a word (`offline`) is believed after 5 s without a sign of life, silence after the
 * device's own limit. No device that was never seen fresh is ever missed.
 */
export function judgeOffline(open: OfflineState, life: Life, input: OfflineInput, now: number, offlineAfter: number): OfflineStep {
  switch (input.kind) {
    case 'alive':
      return open === null ? null : { step: open.state === 'firing' ? 'resolve' : 'forget' }
    case 'offline':
      return open === null && life.seen !== null ? { step: 'wait', due: now + handover } : null
    case 'tick': {
      if (input.watching === null || life.seen === null || open?.state === 'firing') return null
      // What was said before we could hear the answer counts for nothing: then its silence decides.
      const said = open !== null && open.due - handover >= input.watching
      const limit = silenceLimit(life, offlineAfter) ?? (open === null ? null : offlineAfter)
      // A sign of life from the future was stamped by a clock that has been set back since.
      const heard = life.seen > now ? input.watching : Math.max(life.seen, input.watching)
      const due = said ? open.due : limit === null ? null : heard + limit
      return due !== null && now >= due ? { step: 'fire' } : null
    }
  }
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
  const gap = Math.max(0, now - life.seen)
  const signs = gap < together ? life.signs : life.signs + 1
  // The largest recent gap, slowly forgotten: who sends ten values at once every five minutes has five minutes.
  return { ...life, seen: now, usual: Math.max(gap, (life.usual ?? 0) * 0.98), signs }
}
