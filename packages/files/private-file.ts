import { chmodSync, closeSync, openSync } from 'node:fs'

/**
 * Lets only this user read a database: the file, which is created if it is missing, and SQLite's files beside it. SQLite
 * gives new files beside it the same mode. An error is left to SQLite, which tells it better.
 */
export function makePrivate(file: string): void {
  attempt(() => closeSync(openSync(file, 'a', 0o600)))
  for (const part of ['', '-wal', '-shm', '-journal']) attempt(() => chmodSync(file + part, 0o600))
}

function attempt(change: () => void): void {
  try {
    change()
  } catch {
    // The file is missing, or belongs to another user, or the disk is read-only.
  }
}
