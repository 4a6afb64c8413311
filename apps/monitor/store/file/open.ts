import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, makePrivate } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import { spelled } from '@hearthwatch/protocol'
import Database from 'better-sqlite3'
import { markClosed, markOpen } from './clean-shutdown.ts'
import { checkPages, Damaged, DatabaseError, isDamage, moveAside, trust } from './damage.ts'
import { lock } from './lock.ts'
import { reserveDisk, withReserve } from './reserve.ts'
import { salvage } from './salvage.ts'
import { versions } from './schema.ts'

export type { Database } from 'better-sqlite3'
export { DatabaseError } from './damage.ts'

/** How long the start waits for another program that writes to the file, ms. */
const lockTimeoutAtStart = 5000
/** The same later, ms. MQTT and the page wait meanwhile; after it, the commit is retried each second. */
const lockTimeout = 250

/**
 * Opens the monitor's database, and creates or upgrades it if needed. WAL with `synchronous=FULL`: a commit survives a power
 * cut. Only one process can use it.
 * @param log with it a damaged database is moved aside and an empty one created, which the sensors fill again; without it
 * damage is an error
 * @throws DatabaseError if another monitor uses it, its schema is newer, it is damaged and cannot be moved, or its folder
 * cannot be created
 */
export function openDatabase(file: string, log?: Log): Database.Database {
  prepareFolder(file)
  let release: (() => void) | undefined
  try {
    release = withReserve(file, () => lock(file))
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
    throw new DatabaseError(`${file} cannot be used (${(error as Error).message}). Check DATABASE_FILE.`)
  }
}

function openSound(file: string, log: Log | undefined): Database.Database {
  try {
    return withReserve(file, () => open(file, log))
  } catch (error) {
    if (!isDamage(error) || log === undefined) throw error
    const why = error instanceof Damaged ? error.what : (error as Error).message
    let kept: string
    try {
      kept = moveAside(file, Date.now())
    } catch (trouble) {
      log.error('a damaged database cannot be moved aside; the monitor cannot start', { file, why: (trouble as Error).message })
      throw error
    }
    const db = withReserve(file, () => open(file, log))
    log.error('THE DATABASE IS DAMAGED and was moved aside; a new one is created, and the sensors send the readings that they still have', {
      why,
      kept,
      saved: salvage(kept, db),
    })
    return db
  }
}

function open(file: string, log: Log | undefined): Database.Database {
  const hadLog = existsSync(`${file}-wal`)
  makePrivate(file)
  const db = new Database(file)
  try {
    db.pragma('journal_mode = WAL')
    // After journal_mode, on every connection: better-sqlite3's default for WAL is NORMAL.
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma(`busy_timeout = ${lockTimeoutAtStart}`)
    db.pragma('journal_size_limit = 16777216')
    const version = versionOf(db, file)
    checkPages(db, file)
    db.function('nfc', { deterministic: true }, (text) => (typeof text === 'string' ? spelled(text) : text))
    migrate(db, version)
    markOpen(db, hadLog, log)
    db.pragma(`busy_timeout = ${lockTimeout}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Makes a clean close also release the lock. */
function closing(db: Database.Database, file: string, release: () => void): Database.Database {
  const close = db.close.bind(db)
  db.close = () => {
    try {
      if (db.open) markClosed(db)
    } catch (error) {
      // For example a full disk; then the next start treats it as not closed cleanly.
      if (!isOutsideTrouble(error) && !isDamage(error)) throw error
    }
    close()
    trust(file)
    release()
    return db
  }
  return db
}

/** Adds the file and a remedy to an error of SQLite. */
function explained(error: Error & { code: string }, file: string): DatabaseError {
  const { code, message } = error
  if (isDamage(error)) return new Damaged(file, message)
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code))
    return new DatabaseError(`${file} cannot be used (${message}): check the permissions of the file and its folder.`)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new DatabaseError(`${file} is locked by another program (${message}).`)
  return new DatabaseError(`${file} cannot be used (${message}): is it the monitor's database?`)
}

/** True for SQLite's errors with an external cause, such as a full disk, an I/O error or a lock. A retry may succeed. */
export function isOutsideTrouble(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/.test(error.code)
}

function versionOf(db: Database.Database, file: string): number {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > versions.length)
    throw new DatabaseError(
      `${file} was written by a newer version of Hearthwatch (schema ${version}; this version supports up to ${versions.length}).`,
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
