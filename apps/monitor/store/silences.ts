import type { Database } from 'better-sqlite3'
import type { Silence } from '../rules/silence.ts'

/** So long it is still known that there was a silence. ms */
const memory = 30 * 86_400_000

export type Silences = ReturnType<typeof storeSilences>

/** Who is not told of what, until when; in memory, because every alert asks. */
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
     * Those in force. When they began does not matter: what happened a little earlier and is told now is kept quiet, too.
     * @param at ms
     */
    active: (at: number): Silence[] => known.filter(({ until }) => at < until),

    /** Those that have ended, too, as long as they are remembered; newest first. */
    all: () => known,

    add(silence: Omit<Silence, 'id'>): Silence {
      removeEnded.run(silence.from - memory)
      const { lastInsertRowid } = insert.run(silence)
      load()
      return { id: Number(lastInsertRowid), ...silence }
    },

    /** @returns false where there is none */
    remove(id: number): boolean {
      const { changes } = remove.run(id)
      if (changes > 0) load()
      return changes > 0
    },

    /** After a rollback: back to what is in the database. */
    forget: load,
  }
}
