import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { DatabaseError } from './damage.ts'

/**
 * Locks the database for this process; a second monitor would send every mail twice. The lock is an SQLite file of its own:
 * the system releases it however the process ends, and other programs can still read the database.
 * @returns releases the lock
 * @throws DatabaseError if another process has it
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
      `Another monitor already uses ${file}. Two would send every message twice. Stop the other one, or set DATABASE_FILE.`,
    )
  }
  return () => holder.close()
}

/** True if a monitor has the lock of this database. Creates no file. */
export function isLocked(file: string): boolean {
  if (!existsSync(`${file}-lock`)) return false
  try {
    lock(file)()
    return false
  } catch {
    return true
  }
}
