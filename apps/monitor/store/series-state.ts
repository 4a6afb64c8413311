import type { Database } from 'better-sqlite3'

/** How a series has been heard; times in ms. */
export interface Pulse {
  /** Up to when it has been judged, by our clock: the event time of its alert machines. */
  at: number
  /** Usual time between two readings, as the largest of the recent ones; null: too few to tell. */
  usual: number | null
  /** How many readings went into `usual`. */
  signs: number
}

interface Row extends Pulse {
  subject: string
}

export type Judged = ReturnType<typeof storeJudged>

/**
 * The pulse of every series that was ever judged. Kept in memory and written through at the end of a transaction, one row
 * a series however many readings there were.
 */
export function storeJudged(db: Database) {
  const rows = db.prepare<[], Row>('SELECT subject, at, usual, signs FROM judged')
  const upsert = db.prepare<[Row]>(`
    INSERT INTO judged (subject, at, usual, signs) VALUES (:subject, :at, :usual, :signs)
    ON CONFLICT DO UPDATE SET at = excluded.at, usual = excluded.usual, signs = excluded.signs`)
  const remove = db.prepare<[string]>('DELETE FROM judged WHERE subject = ?')
  const known = new Map<string, Pulse>()
  const changed = new Set<string>()

  function load(): void {
    known.clear()
    changed.clear()
    for (const { subject, ...pulse } of rows.all()) known.set(subject, pulse)
  }
  load()

  return {
    get: (subject: string): Pulse | undefined => known.get(subject),

    /** 0: never. */
    upTo: (subject: string): number => known.get(subject)?.at ?? 0,

    all: (): Iterable<[subject: string, pulse: Pulse]> => known,

    set(subject: string, pulse: Pulse): void {
      known.set(subject, pulse)
      changed.add(subject)
    },

    remove(subject: string): void {
      if (!known.delete(subject)) return
      changed.delete(subject)
      remove.run(subject)
    },

    flush(): void {
      for (const subject of changed) {
        const pulse = known.get(subject)
        if (pulse) upsert.run({ subject, ...pulse })
      }
      changed.clear()
    },

    /** After a rollback: back to what is in the database. */
    forget: load,
  }
}
