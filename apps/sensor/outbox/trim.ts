import type { DatabaseSync } from 'node:sqlite'
import { day, week } from '@hearthwatch/protocol/durations'
import { quality } from './clock.ts'

/** Number of rows deleted in one step, so that the next tick is not delayed. */
const stepRows = 500
/** When rows are thinned out, one in this many remains. */
const thinning = 6

export interface Trim {
  /** Every number up to this one was acknowledged. */
  cursor: number
  /** Number of rows over the limit; less than 1: none. */
  excess: number
  now: number
  /** True if `now` is confirmed: a wrong clock in the far future must not delete rows that a new monitor may request. */
  trusted: boolean
}

/**
 * Deletes some rows inside the caller's transaction. First acknowledged rows older than a week. Then, while the limit
 * is exceeded: the oldest acknowledged rows, five in six unacknowledged rows older than a day, the oldest rows.
 */
export function trimStep(
  database: DatabaseSync,
  { cursor, excess, now, trusted }: Trim,
): { acknowledged: number; unacknowledged: number; more: boolean } {
  const remove = (which: string, limit: number, ...values: number[]) =>
    Number(
      database.prepare(`DELETE FROM rows WHERE seq IN (SELECT seq FROM rows WHERE ${which} ORDER BY seq LIMIT ?)`).run(...values, limit)
        .changes,
    )
  const hasTime = `quality <> ${quality.waiting}`
  const old = trusted ? remove(`seq <= ? AND time < ? AND ${hasTime}`, stepRows, cursor, now - week) : 0
  const over = Math.min(stepRows, excess - old)
  let acknowledged = old
  let unacknowledged = 0
  if (over > 0) {
    const removed = remove('seq <= ?', over, cursor)
    acknowledged += removed
    if (removed < over && trusted)
      unacknowledged += remove(`seq > ? AND seq % ${thinning} <> 0 AND time < ? AND ${hasTime}`, over - removed, cursor, now - day)
    if (removed + unacknowledged < over) unacknowledged += remove('seq > ?', over - removed - unacknowledged, cursor)
  }
  return { acknowledged, unacknowledged, more: old === stepRows || over === stepRows }
}
