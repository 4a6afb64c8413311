import type { Database } from 'better-sqlite3'

export type Judged = ReturnType<typeof storeJudged>

/**
 * Up to when each series has been judged, in ms: the event time of its alert machines. Kept in memory and written
 * through at the end of a transaction, one row a series however many readings there were.
 */
export function storeJudged(db: Database) {
  const find = db.prepare<[string], number>('SELECT at FROM judged WHERE subject = ?').pluck()
  const upsert = db.prepare<[string, number]>('INSERT INTO judged VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at')
  const known = new Map<string, number>()
  const changed = new Set<string>()

  return {
    /** 0: never. */
    upTo(subject: string): number {
      const at = known.get(subject) ?? find.get(subject) ?? 0
      known.set(subject, at)
      return at
    },

    set(subject: string, at: number): void {
      known.set(subject, at)
      changed.add(subject)
    },

    flush(): void {
      for (const subject of changed) upsert.run(subject, known.get(subject) ?? 0)
      changed.clear()
    },

    /** After a rollback: back to what is in the database. */
    forget(): void {
      known.clear()
      changed.clear()
    },
  }
}
