import type { Rule } from '@hearthwatch/api/rule'

/** How regularly something is heard; times in ms. */
export interface Rhythm {
  /** Usual time between two signs, as the largest of the recent ones; null: too few to tell. */
  usual: number | null
  /** How many signs went into it. */
  signs: number
}

/** With fewer signs than this we may be wrong about the usual interval. */
export const enough = 10
/** With fewer than this nothing is known of it. */
const few = 3
/** What comes closer together than this is one sign: a sensor that wakes up and tells all it has. ms */
const together = 100
/** No interval is longer: the clock has jumped, or nobody listened. ms */
const longest = 86_400_000
/** No series is missed sooner, unless a rule says so. ms */
const floor = 10 * 60_000

/**
 * The rhythm after another sign, `gap` ms after the one before. The largest gap counts, and is slowly forgotten: who says
 * ten things at once every five minutes has five minutes.
 */
export function observeGap({ usual, signs }: Rhythm, gap: number): Rhythm {
  return { usual: Math.max(Math.min(gap, longest), (usual ?? 0) * 0.98), signs: gap < together ? signs : signs + 1 }
}

/**
 * How long (ms) a series may say nothing before it is missed: three of its usual intervals, and `least`.
 * @returns null where too little is known of it: who has sent something once or twice by hand owes nothing
 */
export function missingAfter({ usual, signs }: Rhythm, least = floor): number | null {
  return usual === null || signs < few ? null : Math.max(least, 3 * usual)
}

/**
 * How long (ms) a series may say nothing by this rule. A `silent` that names its rooms or its quantity means what it says,
 * from the first reading on; one about everything owes nothing to whoever has sent something once or twice by hand.
 * @returns null where too little is known of it
 */
export function seriesTimeout({ condition, for: least, rooms, quantity }: Rule, rhythm: Rhythm): number | null {
  if (condition !== 'silent') return missingAfter(rhythm)
  const isMeant = rooms.trim() !== '*' || quantity !== undefined
  return missingAfter(rhythm, least * 1000) ?? (isMeant ? least * 1000 : null)
}

/** A sensor that reports at least so often says by itself how things are. ms */
const regular = 15_000

/**
 * When a doubt that began at `since` becomes an alert without another reading, ms: a sensor that reports regularly is
 * given the time to say how things are at its end. Who tells changes only says nothing while it stays too hot.
 * @param hold how long it must last, ms
 * @returns null where the series is missed by then: that is for the rule's `noData`
 */
export function pendingDeadline(rule: Rule, since: number, hold: number, rhythm: Rhythm & { at: number }): number | null {
  const deadline = since + hold + Math.min(1.5 * (rhythm.usual ?? 0), regular)
  const missed = rhythm.at + (seriesTimeout(rule, rhythm) ?? Number.POSITIVE_INFINITY)
  return deadline < missed ? Math.max(deadline, rhythm.at) : null
}

/** A clock that is set back by no more than this is not noticed by anybody, so what was said just before lies ahead. ms */
const ahead = 15_000

/**
 * Since when (ms) something has said nothing. What was heard far in the future was heard by a clock that has been set back
 * since, and what was before we could hear says nothing.
 */
export function silentSince(heard: number, listeningSince: number, now: number): number {
  return heard > now + ahead ? listeningSince : Math.max(heard, listeningSince)
}

/** The rhythm of a series after another reading. Its absence while it was missed is not its usual interval. */
export function observe<P extends Rhythm & { at: number }>(before: P | undefined, at: number): { at: number } & Rhythm {
  if (before === undefined || before.signs === 0) return { at, usual: null, signs: 1 }
  const gap = at - before.at
  const wasMissed = before.signs >= enough && gap > (missingAfter(before) ?? Number.POSITIVE_INFINITY)
  if (gap <= 0 || wasMissed) return { at, usual: before.usual, signs: before.signs }
  return { at, ...observeGap(before, gap) }
}
