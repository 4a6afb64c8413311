import { existsSync, rmSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Enough for the WAL and its index. bytes */
const reserveSize = 1_048_576
const reserveOf = (file: string) => `${file}-ballast`

/** On a full disk a WAL database cannot even be opened. If opening fails, deletes the reserve file and tries once more. */
export function withReserve<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(error.code)) throw error
    if (!existsSync(reserveOf(file))) throw error
    rmSync(reserveOf(file))
    return open()
  }
}

export function reserveDisk(file: string): void {
  if (existsSync(reserveOf(file))) return
  try {
    writeFileSync(reserveOf(file), Buffer.alloc(reserveSize), { mode: 0o600 })
  } catch {
    // The disk is full; the next start tries again.
    rmSync(reserveOf(file), { force: true })
  }
}
