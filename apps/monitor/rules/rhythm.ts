import type { Rule } from '@hearthwatch/api/rule'
import { day, minute } from '@hearthwatch/protocol/durations'

/** The usual interval between the messages of a series or a device. Times in ms. */
export interface Rhythm {
  /** The largest of the recent intervals; null: too few messages. */
  usual: number | null
  /** Number of messages that `usual` was learnt from. */
  signs: number
}

/** The rhythm of a series, and the time of its last judged reading, by the monitor's clock. */
export interface SeriesRhythm extends Rhythm {
  at: number
}

/** From this number of messages on, `usual` is reliable. */
export const reliable = 10
/** With fewer messages, there is no timeout: a person may have published them by hand. */
const fewest = 3
/** Messages within this interval count as one: a sensor that wakes up publishes all its readings at once. ms */
const burst = 100
/** A longer interval is not learnt: the clock has jumped, or the monitor was not running. ms */
const longest = day
/** The shortest learnt timeout of a series. ms */
const shortestTimeout = 10 * minute
/** A pending alert waits no longer than this for the next reading of a sensor that reports regularly. ms */
const longestWait = 15_000
/** A time stamp that is further in the future was made before the clock was set back. ms */
const clockTolerance = 15_000

/**
 * The rhythm after another message. The largest interval counts, and decays by 2 % with each message.
 * A sensor that publishes ten messages every five minutes has an interval of five minutes.
 * @param gap ms since the message before
 */
export function observeGap({ usual, signs }: Rhythm, gap: number): Rhythm {
  return { usual: Math.max(Math.min(gap, longest), (usual ?? 0) * 0.98), signs: gap < burst ? signs : signs + 1 }
}

/** The rhythm of a series after another reading. A pause in which the series was missing is not its usual interval. */
export function observe(before: SeriesRhythm | undefined, at: number): SeriesRhythm {
  if (before === undefined || before.signs === 0) return { at, usual: null, signs: 1 }
  const gap = at - before.at
  const wasMissing = before.signs >= reliable && gap > (learntTimeout(before) ?? Number.POSITIVE_INFINITY)
  if (gap <= 0 || wasMissing) return { at, usual: before.usual, signs: before.signs }
  return { at, ...observeGap(before, gap) }
}

/**
 * The time (ms) without a message after which a sender is missing: three usual intervals, and `shortest` at least.
 * @returns null: too few messages to know
 */
export function learntTimeout({ usual, signs }: Rhythm, shortest = shortestTimeout): number | null {
  return usual === null || signs < fewest ? null : Math.max(shortest, 3 * usual)
}

/**
 * The time (ms) without a reading after which a series is missing by this rule.
 * If a `silent` rule names rooms or a quantity, its `for` applies from the first reading on.
 * @returns null: too few readings to know
 */
export function seriesTimeout({ condition, for: seconds, rooms, quantity }: Rule, rhythm: Rhythm): number | null {
  if (condition !== 'silent') return learntTimeout(rhythm)
  const isSpecific = rooms.trim() !== '*' || quantity !== undefined
  return learntTimeout(rhythm, seconds * 1000) ?? (isSpecific ? seconds * 1000 : null)
}

/**
 * The time (ms) at which a pending alert fires without another reading, because the last value counts.
 * A sensor that publishes only changes sends nothing while the value stays beyond the limit. A sensor that reports
 * regularly has time for its next reading: 1.5 usual intervals, and 15 s at most.
 * @param since start of the pending state, ms
 * @param duration of the pending state, ms
 * @returns null: the series is missing by then, so the rule's `noData` applies
 */
export function pendingDeadline(rule: Rule, since: number, duration: number, rhythm: SeriesRhythm): number | null {
  const deadline = since + duration + Math.min(1.5 * (rhythm.usual ?? 0), longestWait)
  const missing = rhythm.at + (seriesTimeout(rule, rhythm) ?? Number.POSITIVE_INFINITY)
  return deadline < missing ? Math.max(deadline, rhythm.at) : null
}

/**
 * Start of the time without a message, ms. The time before `listeningSince` does not count.
 * If the last message lies in the future, the clock was set back since; then only `listeningSince` counts.
 */
export function silentSince(lastMessage: number, listeningSince: number, now: number): number {
  return lastMessage > now + clockTolerance ? listeningSince : Math.max(lastMessage, listeningSince)
}
