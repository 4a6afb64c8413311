import type { Database } from 'better-sqlite3'

/** Result of one step: number of deleted rows, and the row to continue after; null: none is left. */
export interface PruneStep {
  removed: number
  next: number | null
}

/** Rows of one step, which takes a few ms, so that readings and the page hardly wait. */
const rowsPerStep = 500

export type Pruning = ReturnType<typeof storePruning>

/** Deletes old notifications and old resolved alerts. */
export function storePruning(db: Database) {
  const count = db.prepare<[], number>('SELECT count(*) FROM notification').pluck()
  const nextRows = db.prepare<[number], { last: number | null; oldest: number }>(`
    SELECT max(id) AS last, min(created) AS oldest FROM (SELECT id, created FROM notification WHERE id > ? ORDER BY id LIMIT ${rowsPerStep})`)
  // The row of an open alert stays, because it prevents a second notification of the same event.
  const removeNotifications = db.prepare<[{ after: number; last: number; before: number; limit: number }]>(`
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
     * Deletes notifications that were sent or given up before `before` (ms), one step at a time. Pending notifications and those
     * of open alerts stay, however old.
     * @param after id of the last checked row; 0: begin with the first
     * @param limit most rows to delete
     */
    removeNotifications(before: number, after: number, limit: number): PruneStep {
      const { last, oldest } = nextRows.get(after) ?? { last: null, oldest: 0 }
      if (last === null || oldest >= before) return { removed: 0, next: null }
      return { removed: removeNotifications.run({ after, last, before, limit }).changes, next: last }
    },

    /** Deletes some of the oldest resolved alerts if there are more than `most`. @returns their number */
    removeAlerts(most: number): number {
      const excess = (countAlerts.get() ?? 0) - most
      return excess <= 0 ? 0 : removeAlerts.run(Math.min(excess, rowsPerStep)).changes
    },
  }
}
