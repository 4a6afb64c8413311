import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { DatabaseError } from './damage.ts'
import { versions } from './schema.ts'

/**
 * Copies the database, which another process may be using, into a new file. The copy is of one moment, checked, and marked as
 * closed cleanly. SQLite's online backup would begin anew with each commit of the other process.
 * @throws DatabaseError if there is no database, or the copy is damaged
 */
export function copyDatabase(file: string, to: string): void {
  if (!existsSync(file)) throw new DatabaseError(`${file} does not exist. Check DATABASE_FILE.`)
  const source = new Database(file, { readonly: true })
  try {
    source.pragma('busy_timeout = 10000')
    source.prepare('VACUUM INTO ?').run(to)
  } finally {
    source.close()
  }
  const copy = new Database(to)
  try {
    copy.pragma('journal_mode = DELETE')
    copy.prepare('UPDATE opened SET open = 0').run()
    const found = copy.pragma('integrity_check(1)', { simple: true })
    if (found !== 'ok')
      throw new DatabaseError(`${file} is damaged (${found}), so no backup of it is kept. See docs/operations.md, Restoring.`)
  } finally {
    copy.close()
  }
}

/** The content of a copy of the database. */
export interface CopyContent {
  /** Version of its schema. */
  schema: number
  readings: number
  /** Time of its last reading, ms; null: it has none. */
  last: number | null
}

/**
 * Checks a copy before it is used.
 * @throws DatabaseError if it is damaged, no database of the monitor, or of a newer version
 */
export function checkCopy(file: string): CopyContent {
  let db: Database.Database | undefined
  try {
    db = new Database(file, { readonly: true, fileMustExist: true })
    const found = db.pragma('quick_check(1)', { simple: true })
    if (found !== 'ok') throw new DatabaseError(`its database is damaged (${found})`)
    const schema = db.pragma('user_version', { simple: true }) as number
    if (schema > versions.length)
      throw new DatabaseError(`it is of a newer version of Hearthwatch (schema ${schema}; this version supports up to ${versions.length})`)
    const count = (sql: string) => db?.prepare<[], number | null>(sql).pluck().get() ?? null
    const readings = (count('SELECT count(*) FROM reading') ?? 0) + (count('SELECT sum(count) FROM block') ?? 0)
    return {
      schema,
      readings,
      last: count('SELECT max(time) FROM (SELECT max(time) AS time FROM reading UNION ALL SELECT max(last) FROM block)'),
    }
  } catch (error) {
    if (error instanceof Database.SqliteError) throw new DatabaseError(`it has no database of the monitor (${error.message})`)
    throw error
  } finally {
    db?.close()
  }
}
