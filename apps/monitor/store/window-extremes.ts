import type { Database } from 'better-sqlite3'
import type { Point } from '../rules/window-extremes.ts'

interface Row {
  rule: string
  subject: string
  rises: 0 | 1
  points: string
}

interface Entry extends Omit<Row, 'rises' | 'points'> {
  rises: boolean
  points: readonly Point[]
}

export type WindowExtremes = ReturnType<typeof storeWindowExtremes>

/**
 * The readings that rules with `rises` and `falls` compare with, by rule and series. They are a part of the machine's state:
 * the table of readings may still lack a live reading that a batch will bring.
 */
export function storeWindowExtremes(db: Database) {
  const rows = db.prepare<[], Row>('SELECT rule, subject, rises, points FROM slope')
  const upsert = db.prepare<[Row]>(`
    INSERT INTO slope (rule, subject, rises, points) VALUES (:rule, :subject, :rises, :points)
    ON CONFLICT DO UPDATE SET rises = excluded.rises, points = excluded.points`)
  const remove = db.prepare<[{ rule: string; subject: string }]>('DELETE FROM slope WHERE rule = :rule AND subject = :subject')
  const known = new Map<string, Entry>()
  const changed = new Set<Entry>()
  const key = (rule: string, subject: string) => `${rule}\0${subject}`

  function load(): void {
    known.clear()
    changed.clear()
    for (const { rises, points, ...about } of rows.all())
      known.set(key(about.rule, about.subject), { ...about, rises: rises === 1, points: JSON.parse(points) })
  }
  load()

  return {
    /** Empty if the rule has changed its direction. */
    get(rule: string, subject: string, rises: boolean): readonly Point[] {
      const entry = known.get(key(rule, subject))
      return entry?.rises === rises ? entry.points : []
    },

    set(rule: string, subject: string, rises: boolean, points: readonly Point[]): void {
      const entry = known.get(key(rule, subject)) ?? { rule, subject, rises, points }
      Object.assign(entry, { rises, points })
      known.set(key(rule, subject), entry)
      changed.add(entry)
    },

    /** Deletes the readings that no rule needs any more. */
    keepOnly(isNeeded: (rule: string, subject: string) => boolean): void {
      for (const [name, entry] of known) {
        if (isNeeded(entry.rule, entry.subject)) continue
        known.delete(name)
        changed.delete(entry)
        remove.run(entry)
      }
    },

    flush(): void {
      for (const { rises, points, ...about } of changed) upsert.run({ ...about, rises: rises ? 1 : 0, points: JSON.stringify(points) })
      changed.clear()
    },

    /** After a rollback: reads the database again. */
    forget: load,
  }
}
