import { existsSync, rmSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Enough for the files beside the database, the WAL and its index. Bytes */
const weight = 1_048_576
const reserveOf = (file: string) => `${file}-ballast`

/** On a full disk a WAL database cannot even be opened to be read: then the reserve goes overboard, and it is tried once more. */
export function inTheWorstCase<T>(file: string, open: () => T): T {
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
    writeFileSync(reserveOf(file), Buffer.alloc(weight), { mode: 0o600 })
  } catch {
    // No room for it now; the next start tries again.
    rmSync(reserveOf(file), { force: true })
  }
}
