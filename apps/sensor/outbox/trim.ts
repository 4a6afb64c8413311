import type { DatabaseSync } from 'node:sqlite'
import { day, week } from '@hearthwatch/protocol/durations'
import { quality } from './clock.ts'

/** Rows that go in one step: the reading of the next tick does not wait long for it. */
const stepRows = 500
/** Of what is thinned one row in so many stays. */
const thinning = 6

export interface Trim {
  /** Every number up to this one was acknowledged. */
  cursor: number
  /** Rows over the cap; less than 1: none. */
  excess: number
  now: number
  /** Whether `now` can be believed: a clock in the far future must not throw away what is kept for a new monitor. */
  trusted: boolean
}

/**
 * Removes some rows, inside the caller's transaction: what is acknowledged and a week old; then, as far as there are
 * more than may be kept, the oldest acknowledged ones, then of what is not acknowledged and a day old five of six,
 * then the oldest.
 */
export function trimStep(
  database: DatabaseSync,
  { cursor, excess, now, trusted }: Trim,
): { acknowledged: number; unacknowledged: number; more: boolean } {
  const remove = (which: string, most: number, ...values: number[]) =>
    Number(
      database.prepare(`DELETE FROM rows WHERE seq IN (SELECT seq FROM rows WHERE ${which} ORDER BY seq LIMIT ?)`).run(...values, most)
        .changes,
    )
  const stamped = `quality <> ${quality.held}`
  const old = trusted ? remove(`seq <= ? AND time < ? AND ${stamped}`, stepRows, cursor, now - week) : 0
  const over = Math.min(stepRows, excess - old)
  let acknowledged = old
  let unacknowledged = 0
  if (over > 0) {
    const known = remove('seq <= ?', over, cursor)
    acknowledged += known
    if (known < over && trusted)
      unacknowledged += remove(`seq > ? AND seq % ${thinning} <> 0 AND time < ? AND ${stamped}`, over - known, cursor, now - day)
    if (known + unacknowledged < over) unacknowledged += remove('seq > ?', over - known - unacknowledged, cursor)
  }
  return { acknowledged, unacknowledged, more: old === stepRows || over === stepRows }
}
