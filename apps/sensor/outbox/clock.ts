import { hour, minute } from '@hearthwatch/protocol/durations'

/** Two clocks that differ by at most this (ms) agree. */
const tolerance = minute
/** Rows wait at most this long (ms) for a clock; then their times are guessed. */
const longestWait = 10 * minute
/** A wall clock may be behind the newest known time by this (ms) and still be plausible. */
const slack = hour
/** Release of this program, ms. A clock that shows an earlier time has never been set. */
export const release = Date.UTC(2026, 0, 1)

/**
 * How reliable a row's time is. `waiting`: no time yet; `guessed`: last known time plus uptime; `unsure`: a plausible
 * wall clock; `trusted`: confirmed by NTP or the monitor.
 */
export const quality = { waiting: 0, guessed: 1, unsure: 2, trusted: 3 } as const
export type Quality = (typeof quality)[keyof typeof quality]

/** The machine's clocks, read at one moment. */
export interface MachineClocks {
  /** ms since the epoch; may be wrong and may be set at any time */
  wall: number
  /** ms since the machine started */
  uptime: number
  /** True if NTP has set the wall clock. */
  synchronised: boolean
}

/** Everything known about the time so far. */
export interface Clock {
  /** The newest time that is known to have passed, ms. */
  readonly newestTime: number
  /** The time at uptime 0 by a confirmed clock, ms; null: none is confirmed. */
  readonly trustedOrigin: number | null
  /** The uptime since which no plausible clock was seen, ms. */
  readonly lostSince: number | null
}

/** The time at uptime 0 (ms), from which a row's time is computed; null: the row has to wait. */
export interface Origin {
  readonly origin: number | null
  readonly quality: Quality
}

/** @param newestTime the newest trustworthy time in the outbox, ms; 0: none */
export function newClock({ newestTime, trustedOrigin }: Pick<Clock, 'newestTime' | 'trustedOrigin'>): Clock {
  return { newestTime: Math.max(newestTime, release), trustedOrigin, lostSince: null }
}

/** The origin at this moment and its quality. */
export function readClock(clock: Clock, { wall, uptime, synchronised }: MachineClocks): [Clock, Origin] {
  const origin = wall - uptime
  if (synchronised && wall >= release)
    return [
      { ...clock, trustedOrigin: origin, lostSince: null },
      { origin, quality: quality.trusted },
    ]
  if (clock.trustedOrigin !== null) {
    // An unconfirmed jump of the wall clock is ignored: the uptime since the last confirmation is more reliable.
    const jumped = Math.abs(origin - clock.trustedOrigin) > tolerance
    return [clock, { origin: jumped ? clock.trustedOrigin : origin, quality: quality.trusted }]
  }
  if (isPlausible(clock, wall))
    return [
      { ...clock, lostSince: null },
      { origin, quality: quality.unsure },
    ]
  const lostSince = clock.lostSince ?? uptime
  if (uptime - lostSince < longestWait)
    return [
      { ...clock, lostSince },
      { origin: null, quality: quality.waiting },
    ]
  return [
    { ...clock, lostSince },
    { origin: clock.newestTime, quality: quality.guessed },
  ]
}

/**
 * Applies the monitor's time, which comes with each acknowledgement.
 * @param monitorTime ms since the epoch
 */
export function applyMonitorTime(clock: Clock, { wall, uptime }: MachineClocks, monitorTime: number): Clock {
  if (Math.abs(wall - monitorTime) <= tolerance) return { ...clock, trustedOrigin: wall - uptime }
  if (clock.trustedOrigin !== null && Math.abs(clock.trustedOrigin + uptime - monitorTime) <= tolerance) return clock
  // If our clock is plausible but disagrees, either of the two may be wrong: trust neither.
  return { ...clock, trustedOrigin: isPlausible(clock, wall) ? null : monitorTime - uptime }
}

function isPlausible(clock: Clock, wall: number): boolean {
  return wall >= Math.max(release, clock.newestTime - slack)
}
