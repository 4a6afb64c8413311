import { existsSync, rmSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Enough for the files beside the database, the WAL and its index. Bytes */
const weight = 1_048_576
const ballastOf = (file: string) => `${file}-ballast`

/** On a full disk a WAL database cannot even be opened to be read: then the ballast goes overboard, and it is tried once more. */
export function inTheWorstCase<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(error.code)) throw error
    if (!existsSync(ballastOf(file))) throw error
    rmSync(ballastOf(file))
    return open()
  }
}

export function layBallast(file: string): void {
  if (existsSync(ballastOf(file))) return
  try {
    writeFileSync(ballastOf(file), Buffer.alloc(weight), { mode: 0o600 })
  } catch {
    // No room for it now; the next start tries again.
    rmSync(ballastOf(file), { force: true })
  }
}
