import Database from 'better-sqlite3'
import { DatabaseError } from './damage.ts'

/**
 * A second monitor would double every mail. The lock is an SQLite file of its own, because the system lets go of it
 * whatever way this process ends, and because readers of the real database must stay welcome.
 * @returns lets go of it
 * @throws DatabaseError where another process has it
 */
export function lock(file: string): () => void {
  const holder = new Database(`${file}-lock`, { timeout: 0 })
  try {
    holder.pragma('journal_mode = MEMORY')
    holder.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    holder.close()
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error
    throw new DatabaseError(
      `Another monitor already uses ${file}. Two on one database would tell everything twice: stop it, or set DATABASE_FILE.`,
    )
  }
  return () => holder.close()
}
