import type { Database } from 'better-sqlite3'
import type { SeriesRhythm } from '../rules/rhythm.ts'

interface Row extends SeriesRhythm {
  subject: string
}

export type SeriesStates = ReturnType<typeof storeSeriesStates>

/**
 * The rhythm of each series, and the time up to which its readings were judged. It is cached in memory, and `flush` writes
 * one row for each changed series at the end of a transaction.
 */
export function storeSeriesStates(db: Database) {
  const rows = db.prepare<[], Row>('SELECT subject, at, usual, signs FROM judged')
  const upsert = db.prepare<[Row]>(`
    INSERT INTO judged (subject, at, usual, signs) VALUES (:subject, :at, :usual, :signs)
    ON CONFLICT DO UPDATE SET at = excluded.at, usual = excluded.usual, signs = excluded.signs`)
  const remove = db.prepare<[string]>('DELETE FROM judged WHERE subject = ?')
  const known = new Map<string, SeriesRhythm>()
  const changed = new Set<string>()

  function load(): void {
    known.clear()
    changed.clear()
    for (const { subject, ...rhythm } of rows.all()) known.set(subject, rhythm)
  }
  load()

  return {
    get: (subject: string): SeriesRhythm | undefined => known.get(subject),

    /** Time of the last judged reading, ms; 0: none. */
    upTo: (subject: string): number => known.get(subject)?.at ?? 0,

    all: (): Iterable<[subject: string, rhythm: SeriesRhythm]> => known,

    set(subject: string, rhythm: SeriesRhythm): void {
      known.set(subject, rhythm)
      changed.add(subject)
    },

    remove(subject: string): void {
      if (!known.delete(subject)) return
      changed.delete(subject)
      remove.run(subject)
    },

    flush(): void {
      for (const subject of changed) {
        const rhythm = known.get(subject)
        if (rhythm) upsert.run({ subject, ...rhythm })
      }
      changed.clear()
    },

    /** After a rollback: reads the database again. */
    forget: load,
  }
}
