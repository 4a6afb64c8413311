import type { Database } from 'better-sqlite3'

/** A step: how many rows went, and the row to go on behind; null: there are no others. */
export interface Cleared {
  removed: number
  next: number | null
}

/** Rows of one step: a few ms, so that readings and the page hardly wait. */
const handful = 500

export type Pruning = ReturnType<typeof storePruning>

/** Clears away what nobody asks about any more: what people were told long ago, and alerts that have long been over. */
export function storePruning(db: Database) {
  const count = db.prepare<[], number>('SELECT count(*) FROM notification').pluck()
  const handfulBehind = db.prepare<[number], { last: number | null; oldest: number }>(`
    SELECT max(id) AS last, min(created) AS oldest FROM (SELECT id, created FROM notification WHERE id > ? ORDER BY id LIMIT ${handful})`)
  // Its row is how it is known that somebody has been told: as long as its alert is on, it must not be told anew.
  const removeTold = db.prepare<[{ after: number; last: number; before: number; limit: number }]>(`
    DELETE FROM notification WHERE id IN (
      SELECT id FROM notification
      WHERE id > :after AND id <= :last AND state IN ('sent', 'dead') AND coalesce(sent, ended, created) < :before
        AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.id = content ->> '$.alert.id' AND alert.state <> 'resolved')
      ORDER BY id LIMIT :limit)`)
  const countAlerts = db.prepare<[], number>('SELECT count(*) FROM alert').pluck()
  const removeAlerts = db.prepare<[number]>(`
    DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE state = 'resolved' ORDER BY id LIMIT ?)`)

  return {
    countNotifications: () => count.get() ?? 0,

    /**
     * Deletes notifications that were sent or given up before `before` (ms), a handful of rows at a time. What is still to
     * be sent stays, however old, and so does what tells of an alert that is on.
     * @param after goes on behind this row; 0 is the first
     * @param limit at most so many
     */
    removeTold(before: number, after: number, limit: number): Cleared {
      const { last, oldest } = handfulBehind.get(after) ?? { last: null, oldest: 0 }
      if (last === null || oldest >= before) return { removed: 0, next: null }
      return { removed: removeTold.run({ after, last, before, limit }).changes, next: last }
    },

    /** Deletes a handful of the alerts that have long been over where there are more than `most`. @returns how many */
    removeAlerts(most: number): number {
      const excess = (countAlerts.get() ?? 0) - most
      return excess <= 0 ? 0 : removeAlerts.run(Math.min(excess, handful)).changes
    },
  }
}
