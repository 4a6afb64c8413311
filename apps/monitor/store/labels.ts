import type { Database } from 'better-sqlite3'

/** Display settings of a room. Its name in MQTT is not changed. */
export interface Label {
  room: string
  /** Displayed name; null: its name in MQTT. */
  name: string | null
  icon: string | null
  /** Sort position; rooms without one come last. */
  position: number | null
  /** Heading under which home shows it, such as a floor. */
  group: string | null
}

export type Labels = ReturnType<typeof storeLabels>

/** Labels of rooms. They are kept when the last device of a room is removed. */
export function storeLabels(db: Database) {
  const all = db.prepare<[], Label>('SELECT * FROM label ORDER BY position IS NULL, position, coalesce(name, room)')
  const find = db.prepare<[string], Label>('SELECT * FROM label WHERE room = ?')
  const upsert = db.prepare<[Label]>(`
    INSERT INTO label (room, name, icon, position, "group") VALUES (:room, :name, :icon, :position, :group)
    ON CONFLICT (room) DO UPDATE SET name = :name, icon = :icon, position = :position, "group" = :group`)
  const remove = db.prepare<[string]>('DELETE FROM label WHERE room = ?')
  let version = 0

  return {
    /** Another number after each change. */
    version: () => version,

    all: (): Label[] => all.all(),

    get: (room: string): Label | undefined => find.get(room),

    /** Stores a label; an empty one is deleted. */
    put(label: Label): void {
      version += 1
      const { room, ...shown } = label
      if (Object.values(shown).every((value) => value === null)) remove.run(room)
      else upsert.run(label)
    },

    /** After a rollback: reads the database again. */
    forget(): void {
      version += 1
    },
  }
}

const natural = new Intl.Collator('en', { numeric: true })

/** Compares by position, then by display name, `room-2` before `room-10`. Rooms without a position come last; no two rooms are equal. */
export function compareRooms(labels: ReadonlyMap<string, Label>): (a: string, b: string) => number {
  const place = (room: string) => labels.get(room)?.position ?? Number.POSITIVE_INFINITY
  const name = (room: string) => labels.get(room)?.name ?? room
  return (a, b) => {
    const [first, second] = [place(a), place(b)]
    if (first !== second) return first - second
    return natural.compare(name(a), name(b)) || (a < b ? -1 : a > b ? 1 : 0)
  }
}
