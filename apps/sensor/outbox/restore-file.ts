import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** The files of an outbox; nobody else has its log open, so there is no shared memory. */
const parts = ['-wal', '']

/**
 * A file that was deleted lives on without a name until it is closed: copies all of it to where a name can be given to it.
 * @returns the copy. @throws SQLite's error, for a full disk
 */
export function copyOut(database: DatabaseSync, file: string): string {
  const copy = `${file}.rescued`
  rmSync(copy, { force: true })
  try {
    database.prepare('VACUUM INTO ?').run(copy)
  } catch (error) {
    // Half of it only takes the room that is missing.
    rmSync(copy, { force: true })
    throw error
  }
  // SQLite leaves that to the system.
  const descriptor = openSync(copy, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
  return copy
}

/** Gives the copy the outbox's name. What somebody has put there meanwhile is kept beside it. @returns the name of that; null: nothing */
export function putInPlace(copy: string, file: string): string | null {
  const aside = `${file}.replaced`
  const isTaken = existsSync(file)
  for (const part of parts) {
    rmSync(aside + part, { force: true })
    if (existsSync(file + part)) renameSync(file + part, aside + part)
  }
  renameSync(copy, file)
  return isTaken ? aside : null
}
