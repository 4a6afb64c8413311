import { minute } from '@hearthwatch/protocol/durations'

/** A clock that is off by no more than this (ms) counts as right. */
const tolerance = minute
/** So long (ms) rows may wait for a clock. */
const patience = 10 * minute
/** A clock may be behind the newest time that we know by this (ms), and still be believed. */
const slack = 60 * minute
/** This program was not written before: a clock that says so has never been set. */
export const release = Date.UTC(2026, 0, 1)

/** How much a row's time is worth. `held`: it has none yet · `guessed`: the last known time and the uptime. */
export const quality = { held: 0, guessed: 1, unsure: 2, trusted: 3 } as const
export type Quality = (typeof quality)[keyof typeof quality]

/** What the machine's clocks show at one moment. */
export interface Look {
  /** ms since the epoch: may be wrong, and may be set at any time */
  wall: number
  /** ms since the machine started */
  uptime: number
  /** NTP vouches for the wall clock. */
  synchronised: boolean
}

/** What was learned about the clock. */
export interface Clock {
  /** The last time of which we know that it has been, ms. */
  readonly known: number
  /** What somebody vouched for: the time at uptime 0, ms. */
  readonly vouched: number | null
  /** The uptime since which there has been no time. */
  readonly lost: number | null
}

/** The time at uptime 0 (ms), by which a moment gets its time; null: the row has to wait for it. */
export interface Verdict {
  readonly origin: number | null
  readonly quality: Quality
}

/** A clock of which only the outbox knows something. @param known the newest time that is worth something, ms; 0: none */
export function newClock({ known, vouched }: Pick<Clock, 'known' | 'vouched'>): Clock {
  return { known: Math.max(known, release), vouched, lost: null }
}

/** Looks at the clocks: what the time of this moment is, and what that is worth. */
export function lookAt(clock: Clock, { wall, uptime, synchronised }: Look): [Clock, Verdict] {
  const origin = wall - uptime
  if (synchronised && wall >= release)
    return [
      { ...clock, vouched: origin, lost: null },
      { origin, quality: quality.trusted },
    ]
  if (clock.vouched !== null) {
    // Set by somebody, and nobody vouches for it: the uptime tells better what has passed since somebody did.
    const jumped = Math.abs(origin - clock.vouched) > tolerance
    return [clock, { origin: jumped ? clock.vouched : origin, quality: quality.trusted }]
  }
  if (isPlausible(clock, wall))
    return [
      { ...clock, lost: null },
      { origin, quality: quality.unsure },
    ]
  const lost = clock.lost ?? uptime
  if (uptime - lost < patience)
    return [
      { ...clock, lost },
      { origin: null, quality: quality.held },
    ]
  return [
    { ...clock, lost },
    { origin: clock.known, quality: quality.guessed },
  ]
}

/**
 * The monitor has told its time in an answer to us.
 * @param theirs ms since the epoch
 */
export function hearTime(clock: Clock, { wall, uptime }: Look, theirs: number): Clock {
  if (Math.abs(wall - theirs) <= tolerance) return { ...clock, vouched: wall - uptime }
  if (clock.vouched !== null && Math.abs(clock.vouched + uptime - theirs) <= tolerance) return clock
  // A machine without a clock has nothing better; one that has a clock which disagrees may be the one that is right.
  return { ...clock, vouched: isPlausible(clock, wall) ? null : theirs - uptime }
}

function isPlausible(clock: Clock, wall: number): boolean {
  return wall >= Math.max(release, clock.known - slack)
}
