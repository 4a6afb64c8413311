import type { Database } from 'better-sqlite3'

/** A remark of a person about a room at a time. */
export interface Note {
  id: number
  room: string
  /** ms */
  time: number
  text: string
}

/** Rooms of a search; default: all. `from` is inclusive, `to` exclusive. ms */
export interface NoteFilter {
  room?: string | readonly string[] | undefined
  from?: number | undefined
  to?: number | undefined
}

export type Notes = ReturnType<typeof storeNotes>

export function storeNotes(db: Database) {
  const find = db.prepare<[{ rooms: string | null; from: number; to: number }], Note>(`
    SELECT id, room, time, text FROM note
    WHERE (:rooms IS NULL OR room IN (SELECT value FROM json_each(:rooms))) AND time >= :from AND time < :to
    ORDER BY time, id`)
  const count = db.prepare<[], number>('SELECT count(*) FROM note').pluck()
  const insert = db.prepare<[Omit<Note, 'id'>]>('INSERT INTO note (room, time, text) VALUES (:room, :time, :text)')
  const remove = db.prepare<[number], string>('DELETE FROM note WHERE id = ? RETURNING room').pluck()
  const removeRoom = db.prepare<[string]>('DELETE FROM note WHERE room = ?')

  return {
    /** In the order of time. */
    list({ room, from = 0, to = Number.MAX_SAFE_INTEGER }: NoteFilter = {}): Note[] {
      return find.all({ rooms: room === undefined ? null : JSON.stringify([room].flat()), from, to })
    },

    count: (): number => count.get() ?? 0,

    add(note: Omit<Note, 'id'>): Note {
      return { id: Number(insert.run(note).lastInsertRowid), ...note }
    },

    /** @returns the room of the note; undefined: there is no such note */
    remove: (id: number): string | undefined => remove.get(id),

    removeRoom: (room: string): void => void removeRoom.run(room),
  }
}
