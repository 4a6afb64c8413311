import { day } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'
import type { Silence } from '../rules/silence.ts'

/** Ended silences are kept for this long. ms */
const keptFor = 30 * day

export type Silences = ReturnType<typeof storeSilences>

/** The silences, cached in memory because every alert checks them. */
export function storeSilences(db: Database) {
  const rows = db.prepare<[], Silence>('SELECT id, room, rule, "from", until, comment FROM silence ORDER BY id DESC')
  const insert = db.prepare<[Omit<Silence, 'id'>]>(
    'INSERT INTO silence (room, rule, "from", until, comment) VALUES (:room, :rule, :from, :until, :comment)',
  )
  const remove = db.prepare<[number]>('DELETE FROM silence WHERE id = ?')
  const removeEnded = db.prepare<[number]>('DELETE FROM silence WHERE until < ?')

  let known: readonly Silence[] = []
  const load = () => {
    known = rows.all()
  }
  load()

  return {
    /**
     * The silences that have not ended. A silence also covers notifications that are due now for an earlier event.
     * @param at ms
     */
    active: (at: number): Silence[] => known.filter(({ until }) => at < until),

    /** All stored silences, including ended ones; newest first. */
    all: () => known,

    add(silence: Omit<Silence, 'id'>): Silence {
      removeEnded.run(silence.from - keptFor)
      const { lastInsertRowid } = insert.run(silence)
      load()
      return { id: Number(lastInsertRowid), ...silence }
    },

    /** @returns false if there is none */
    remove(id: number): boolean {
      const { changes } = remove.run(id)
      if (changes > 0) load()
      return changes > 0
    },

    /** After a rollback: reads the database again. */
    forget: load,
  }
}
