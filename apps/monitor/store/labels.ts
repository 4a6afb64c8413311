import type { Database } from 'better-sqlite3'

/** How a room is shown. Its name in MQTT stays what it is. */
export interface Label {
  room: string
  /** What people call it; null: its name in MQTT. */
  name: string | null
  icon: string | null
  /** Rooms with one come first, the smallest before the others. */
  position: number | null
}

export type Labels = ReturnType<typeof storeLabels>

/** What people have called the rooms. It outlives the room's last device: whoever comes back finds his name again. */
export function storeLabels(db: Database) {
  const all = db.prepare<[], Label>('SELECT * FROM label ORDER BY position IS NULL, position, coalesce(name, room)')
  const find = db.prepare<[string], Label>('SELECT * FROM label WHERE room = ?')
  const upsert = db.prepare<[Label]>(`
    INSERT INTO label VALUES (:room, :name, :icon, :position)
    ON CONFLICT (room) DO UPDATE SET name = :name, icon = :icon, position = :position`)
  const remove = db.prepare<[string]>('DELETE FROM label WHERE room = ?')

  return {
    all: (): Label[] => all.all(),

    get: (room: string): Label | undefined => find.get(room),

    /** Puts it down; one that says nothing is none. */
    put(label: Label): void {
      if (label.name === null && label.icon === null && label.position === null) remove.run(label.room)
      else upsert.run(label)
    },
  }
}
