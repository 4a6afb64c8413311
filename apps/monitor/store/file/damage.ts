import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'

/** The database cannot be used, for a reason that a person can do something about. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
}

/** The database's own pages are spoilt. The next start moves it aside. */
export class Damaged extends DatabaseError {
  override name = 'DatabaseError'
  readonly what: string
  constructor(file: string, what: string) {
    super(`${file} is damaged (${what}). Move it away and start again: what the sensors still hold comes back.`)
    this.what = what
  }
}

/** Whether what was thrown says that the file is spoilt, not that the disk or another program is in the way. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damaged || (error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code))
}

/** Damaged ones that are kept, for who wants to save something out of them; one where less of the disk than this is free. */
const mostKept = 2
const scarce = 0.1

const parts = ['-wal', '-shm', '']
const suspicionOf = (file: string) => `${file}-suspect`

/**
 * How often damage showed up while the monitor ran and a check at the start found none. Beside the database, since
 * nothing can be trusted that stands in it.
 */
function suspicion(file: string): number {
  return existsSync(suspicionOf(file)) ? Number(readFileSync(suspicionOf(file), 'utf8')) || 1 : 0
}

/** Damage showed up in the running monitor: its next start looks closely, and at the second time believes it in any case. */
export function suspect(file: string): void {
  try {
    writeFileSync(suspicionOf(file), `${suspicion(file) + 1}`, { mode: 0o600 })
  } catch {
    // A full disk, perhaps: then the usual check has to do.
  }
}

/** It was closed in order, or is another one. */
export function trust(file: string): void {
  rmSync(suspicionOf(file), { force: true })
}

/** @throws Damaged */
export function checkPages(db: Database.Database, file: string): void {
  const times = suspicion(file)
  // Its first line only names the database.
  const found = String(db.pragma(times > 0 ? 'integrity_check(1)' : 'quick_check(1)', { simple: true })).replace(/^\*\*\*.*\n/, '')
  if (found !== 'ok') throw new Damaged(file, found)
  if (times > 1) throw new Damaged(file, `found so ${times} times while it was in use`)
}

/**
 * Moves it out of the way, with its log, under a name that tells when. @param at ms @returns its new name
 * @throws Error where it cannot be renamed, and then all is as it was
 */
export function moveAside(file: string, at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  let aside = `${file}.damaged-${time}`
  for (let more = 2; existsSync(aside); more += 1) aside = `${file}.damaged-${time}-${more}`
  const moved: string[] = []
  try {
    // The log goes first: left alone it would be played into the new database.
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
  clear(file)
  return aside
}

/** The card must not fill up with them. */
function clear(file: string): void {
  const folder = dirname(file)
  const { bavail, blocks } = statfsSync(folder)
  const kept = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.damaged-`) && !/-(wal|shm)$/.test(name))
  const older = kept
    .sort()
    .reverse()
    .slice(bavail < scarce * blocks ? 1 : mostKept)
  for (const name of older) for (const part of parts) rmSync(join(folder, name + part), { force: true })
}
