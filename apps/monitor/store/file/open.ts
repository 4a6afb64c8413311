import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import Database from 'better-sqlite3'
import { noteClosed, noteOpened } from './clean-shutdown.ts'
import { checkPages, Damaged, DatabaseError, isDamage, moveAside, trust } from './damage.ts'
import { lock } from './lock.ts'
import { inTheWorstCase, reserveDisk } from './reserve.ts'
import { salvage } from './salvage.ts'
import { versions } from './schema.ts'

export type { Database } from 'better-sqlite3'
export { DatabaseError } from './damage.ts'

/**
 * Opens the monitor's database, made or brought up to date where needed. WAL with `synchronous=FULL`: what is
 * committed survives a power cut. Held by one process at a time.
 * @param log with it a damaged one is moved aside and an empty one begun, which the sensors fill again; without it that is an error
 * @throws DatabaseError if another monitor has it, it is newer than this program, it is damaged and cannot be moved, or its
 * folder cannot be made
 */
export function openDatabase(file: string, log?: Log): Database.Database {
  prepareFolder(file)
  let release: (() => void) | undefined
  try {
    release = inTheWorstCase(file, () => lock(file))
    const db = openSound(file, log)
    reserveDisk(file)
    return closing(db, file, release)
  } catch (error) {
    release?.()
    throw error instanceof Database.SqliteError ? explained(error, file) : error
  }
}

function prepareFolder(file: string): void {
  try {
    makeFolder(dirname(file))
  } catch (error) {
    throw new DatabaseError(`${file} cannot be used (${(error as Error).message}). DATABASE_FILE says which file it is.`)
  }
}

function openSound(file: string, log: Log | undefined): Database.Database {
  try {
    return inTheWorstCase(file, () => open(file, log))
  } catch (error) {
    if (!isDamage(error) || log === undefined) throw error
    const why = error instanceof Damaged ? error.what : (error as Error).message
    let kept: string
    try {
      kept = moveAside(file, Date.now())
    } catch (trouble) {
      log.error('a damaged database cannot be moved aside', { file, why: (trouble as Error).message })
      throw error
    }
    const db = inTheWorstCase(file, () => open(file, log))
    log.error('THE DATABASE IS DAMAGED and was moved aside: a new one is begun, and the sensors bring back what they still hold', {
      why,
      kept,
      saved: salvage(kept, db),
    })
    return db
  }
}

function open(file: string, log: Log | undefined): Database.Database {
  const hadLog = existsSync(`${file}-wal`)
  const db = new Database(file)
  try {
    db.pragma('journal_mode = WAL')
    // After journal_mode, on every connection: better-sqlite3 is built to run WAL at NORMAL otherwise.
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma('busy_timeout = 5000')
    db.pragma('journal_size_limit = 16777216')
    const version = versionOf(db, file)
    checkPages(db, file)
    migrate(db, version)
    noteOpened(db, hadLog, log)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Closing it in order lets go of the lock as well. */
function closing(db: Database.Database, file: string, release: () => void): Database.Database {
  const close = db.close.bind(db)
  db.close = () => {
    try {
      if (db.open) noteClosed(db)
    } catch (error) {
      // A full disk, perhaps: then it counts as one that was not closed in order, and its log as part of it.
      if (!isOutsideTrouble(error) && !isDamage(error)) throw error
    }
    close()
    trust(file)
    release()
    return db
  }
  return db
}

/** SQLite's own words name neither the file nor what can be done. */
function explained(error: Error & { code: string }, file: string): DatabaseError {
  const { code, message } = error
  if (isDamage(error)) return new Damaged(file, message)
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code))
    return new DatabaseError(`${file} cannot be used (${message}): may this user write to it and to its folder?`)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new DatabaseError(`${file} is held by another program (${message}).`)
  return new DatabaseError(`${file} cannot be used (${message}): is it the monitor's database?`)
}

/** SQLite's codes for trouble outside of this program: disk full, I/O error, locked, read-only. Worth another try. */
export function isOutsideTrouble(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/.test(error.code)
}

function versionOf(db: Database.Database, file: string): number {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > versions.length)
    throw new DatabaseError(
      `${file} was written by a newer Hearthwatch (version ${version} of the schema; this one knows ${versions.length}).`,
    )
  return version
}

function migrate(db: Database.Database, version: number): void {
  for (const [i, sql] of versions.entries()) {
    if (i < version) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${i + 1}`)
    }).immediate()
  }
}
