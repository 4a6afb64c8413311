import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { versions } from './schema.ts'

export type { Database } from 'better-sqlite3'

/** The database cannot be used, for a reason that a person can do something about. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
}

/**
 * Opens the monitor's database, made or brought up to date where needed. WAL with `synchronous=FULL`: what is
 * committed survives a power cut. Held by one process at a time.
 * @throws DatabaseError if another monitor has it, it is newer than this program, or it is damaged.
 */
export function openDatabase(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true })
  try {
    const db = openInTheWorstCase(file)
    layBallast(file)
    return db
  } catch (error) {
    throw error instanceof Database.SqliteError ? explained(error, file) : error
  }
}

/** On a full disk a WAL database cannot even be opened to be read: then the ballast goes overboard. */
function openInTheWorstCase(file: string): Database.Database {
  try {
    return open(file)
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(error.code)) throw error
    if (!existsSync(ballastOf(file))) throw error
    rmSync(ballastOf(file))
    return open(file)
  }
}

/** Enough for the files beside the database, the WAL and its index. Bytes */
const ballast = 1_048_576
const ballastOf = (file: string) => `${file}-ballast`

function layBallast(file: string): void {
  if (existsSync(ballastOf(file))) return
  try {
    writeFileSync(ballastOf(file), Buffer.alloc(ballast), { mode: 0o600 })
  } catch {
    // No room for it now; the next start tries again.
    rmSync(ballastOf(file), { force: true })
  }
}

function open(file: string): Database.Database {
  const release = lock(file)
  try {
    const db = new Database(file)
    db.pragma('journal_mode = WAL')
    // After journal_mode, on every connection: better-sqlite3 is built to run WAL at NORMAL otherwise.
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma('busy_timeout = 5000')
    db.pragma('journal_size_limit = 16777216')
    const damage = db.pragma('quick_check(1)', { simple: true })
    if (damage !== 'ok') throw damaged(file, String(damage))
    migrate(db, file)
    const close = db.close.bind(db)
    db.close = () => {
      close()
      release()
      return db
    }
    return db
  } catch (error) {
    release()
    throw error
  }
}

function damaged(file: string, damage: string): DatabaseError {
  return new DatabaseError(`${file} is damaged (${damage}). Move it away and start again: what the sensors still hold comes back.`)
}

/** SQLite's own words name neither the file nor what can be done. */
function explained({ code, message }: Error & { code: string }, file: string): DatabaseError {
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return damaged(file, message)
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code))
    return new DatabaseError(`${file} cannot be used (${message}): may this user write to it and to its folder?`)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new DatabaseError(`${file} is held by another program (${message}).`)
  return new DatabaseError(`${file} cannot be used (${message}): is it the monitor's database?`)
}

/** SQLite's codes for trouble outside of this program: disk full, I/O error, locked, read-only. Worth another try. */
export function isOutsideTrouble(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/.test(error.code)
}

/**
 * A second monitor would double every mail. The lock is an SQLite file of its own, because the system lets go of it
 * whatever way this process ends, and because readers of the real database must stay welcome.
 */
function lock(file: string): () => void {
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

function migrate(db: Database.Database, file: string): void {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > versions.length)
    throw new DatabaseError(
      `${file} was written by a newer Hearthwatch (version ${version} of the schema; this one knows ${versions.length}).`,
    )
  for (const [i, sql] of versions.entries()) {
    if (i < version) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${i + 1}`)
    }).immediate()
  }
}
