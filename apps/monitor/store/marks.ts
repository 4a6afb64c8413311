import type { Database } from 'better-sqlite3'

/** A fact about the house as a whole. */
export type Mark = 'checklist-put-away' | 'page-reached' | 'has-backup'

export type Marks = ReturnType<typeof storeMarks>

export function storeMarks(db: Database) {
  const find = db.prepare<[Mark], number>('SELECT 1 FROM mark WHERE name = ?').pluck()
  const insert = db.prepare<[Mark]>('INSERT OR IGNORE INTO mark VALUES (?)')
  const remove = db.prepare<[Mark]>('DELETE FROM mark WHERE name = ?')

  return {
    has: (mark: Mark): boolean => find.get(mark) !== undefined,
    set: (mark: Mark, is: boolean): void => void (is ? insert : remove).run(mark),
  }
}
