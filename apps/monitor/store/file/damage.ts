import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'

/** The database cannot be used, for a reason that the user can resolve. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
}

/** The pages of the database are damaged. The next start moves it aside. */
export class Damaged extends DatabaseError {
  override name = 'DatabaseError'
  readonly what: string
  constructor(file: string, what: string) {
    super(`${file} is damaged (${what}). Move it away and start again; the sensors send the readings that they still have.`)
    this.what = what
  }
}

/** True if the error means that the file is damaged, as opposed to an external cause. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damaged || (error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code))
}

/** Number of damaged databases that are kept for recovery by hand; only one if less than this part of the disk is free. */
const mostKept = 2
const lowSpace = 0.1

const parts = ['-wal', '-shm', '']
const suspicionOf = (file: string) => `${file}-suspect`

/**
 * Number of times that the running monitor found damage which the check at the start did not find. Stored in a file of its
 * own, because the database cannot be trusted.
 */
function suspicion(file: string): number {
  return existsSync(suspicionOf(file)) ? Number(readFileSync(suspicionOf(file), 'utf8')) || 1 : 0
}

/** The running monitor found damage. The next start checks thoroughly, and after a second time always treats it as damaged. */
export function suspect(file: string): void {
  try {
    writeFileSync(suspicionOf(file), `${suspicion(file) + 1}`, { mode: 0o600 })
  } catch {
    // For example a full disk; then the next start makes the usual check.
  }
}

/** The database was closed cleanly or replaced. */
export function trust(file: string): void {
  rmSync(suspicionOf(file), { force: true })
}

/** @throws Damaged */
export function checkPages(db: Database.Database, file: string): void {
  const times = suspicion(file)
  // The first line of the result only names the database.
  const found = String(db.pragma(times > 0 ? 'integrity_check(1)' : 'quick_check(1)', { simple: true })).replace(/^\*\*\*.*\n/, '')
  if (found !== 'ok') throw new Damaged(file, found)
  if (times > 1) throw new Damaged(file, `found ${times} times while it was in use`)
}

/**
 * Renames a damaged database and its log; the new name contains the time. @param at ms @returns the new name
 * @throws Error if it cannot be renamed; then all files have their old names
 */
export function moveAside(file: string, at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  let aside = `${file}.damaged-${time}`
  for (let more = 2; existsSync(aside); more += 1) aside = `${file}.damaged-${time}-${more}`
  const moved: string[] = []
  try {
    // The log is renamed first; otherwise SQLite would apply it to the new database.
    for (const part of parts) {
      if (!existsSync(file + part)) continue
      renameSync(file + part, aside + part)
      moved.push(part)
    }
  } catch (error) {
    for (const part of moved) renameSync(aside + part, file + part)
    throw error
  }
  trust(file)
  deleteOlder(file)
  return aside
}

/** Deletes older damaged databases, so that they do not fill the disk. */
function deleteOlder(file: string): void {
  const folder = dirname(file)
  const { bavail, blocks } = statfsSync(folder)
  const kept = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.damaged-`) && !/-(wal|shm)$/.test(name))
  const older = kept
    .sort()
    .reverse()
    .slice(bavail < lowSpace * blocks ? 1 : mostKept)
  for (const name of older) for (const part of parts) rmSync(join(folder, name + part), { force: true })
}
