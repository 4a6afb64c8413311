import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** Suffixes of an outbox's files. The database is opened exclusively, so there is no shared memory file. */
const parts = ['-wal', '']

/**
 * Copies an open database whose file was deleted: its content exists until it is closed.
 * @returns the copy's path. @throws SQLite's error, for example for a full disk
 */
export function copyOut(database: DatabaseSync, file: string): string {
  const copy = `${file}.rescued`
  rmSync(copy, { force: true })
  try {
    database.prepare('VACUUM INTO ?').run(copy)
  } catch (error) {
    // An incomplete copy only takes up space on the full disk.
    rmSync(copy, { force: true })
    throw error
  }
  // VACUUM INTO does not sync the file.
  const descriptor = openSync(copy, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
  return copy
}

/** Moves the copy to the outbox's path. @returns the path to which another file found there was moved; null: none was there */
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
