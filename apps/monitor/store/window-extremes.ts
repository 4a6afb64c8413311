import type { Database } from 'better-sqlite3'
import type { Point } from '../rules/window-extremes.ts'

interface Row {
  rule: string
  subject: string
  rises: 0 | 1
  points: string
}

export type WindowExtremes = ReturnType<typeof storeWindowExtremes>

/**
 * What rules for `rises` and `falls` compare with. Kept as a part of the machine's state, not read again from the
 * readings at a start: what was judged live and is yet to come with the record is no reading here so far.
 */
export function storeWindowExtremes(db: Database) {
  const rows = db.prepare<[], Row>('SELECT rule, subject, rises, points FROM slope')
  const upsert = db.prepare<[Row]>(`
    INSERT INTO slope (rule, subject, rises, points) VALUES (:rule, :subject, :rises, :points)
    ON CONFLICT DO UPDATE SET rises = excluded.rises, points = excluded.points`)
  const remove = db.prepare<[{ rule: string; subject: string }]>('DELETE FROM slope WHERE rule = :rule AND subject = :subject')
  interface Slope {
    rule: string
    subject: string
    rises: boolean
    points: readonly Point[]
  }
  const known = new Map<string, Slope>()
  const changed = new Set<Slope>()
  const key = (rule: string, subject: string) => `${rule}\0${subject}`

  function load(): void {
    known.clear()
    changed.clear()
    for (const { rises, points, ...about } of rows.all())
      known.set(key(about.rule, about.subject), { ...about, rises: rises === 1, points: JSON.parse(points) })
  }
  load()

  return {
    /** None where the rule was about the other direction before. */
    get(rule: string, subject: string, rises: boolean): readonly Point[] {
      const slope = known.get(key(rule, subject))
      return slope?.rises === rises ? slope.points : []
    },

    set(rule: string, subject: string, rises: boolean, points: readonly Point[]): void {
      const slope = known.get(key(rule, subject)) ?? { rule, subject, rises, points }
      Object.assign(slope, { rises, points })
      known.set(key(rule, subject), slope)
      changed.add(slope)
    },

    /** Forgets all that no rule asks for any more. */
    keepOnly(isWanted: (rule: string, subject: string) => boolean): void {
      for (const [name, slope] of known) {
        if (isWanted(slope.rule, slope.subject)) continue
        known.delete(name)
        changed.delete(slope)
        remove.run(slope)
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
