import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Database from 'better-sqlite3'

/** Enough for the WAL and its index at the start, and later for the notifications about a full disk. bytes */
const reserveSize = 2_097_152
/** SQLite needs less for its next page. bytes */
const page = 65_536
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

/** Reserves room on the disk; on one that is nearly full less, so that something is left for what must be told. */
export function reserveDisk(file: string): void {
  for (let size = reserveSize; size >= reserveSize / 4 && !existsSync(reserveOf(file)); size /= 2) take(file, size)
}

/** The room that is kept on the disk of a database. */
export interface DiskReserve {
  /** True if a write has failed because the disk is full. */
  isFull(error: unknown): boolean
  /** Gives the room free, for a few small writes. */
  release(): void
  /** Takes the room again. @returns true if the disk has it, and more */
  regain(): boolean
}

export function diskReserve(file: string): DiskReserve {
  return {
    isFull: (error) =>
      error instanceof Database.SqliteError &&
      (error.code === 'SQLITE_FULL' || (error.code.startsWith('SQLITE_IOERR') && (freeBytes(file) ?? page) < page)),
    release: () => rmSync(reserveOf(file), { force: true }),
    // Looks before it writes: a try each second would wear a card out.
    regain: () => existsSync(reserveOf(file)) || ((freeBytes(file) ?? 0) > reserveSize + page && take(file, reserveSize)),
  }
}

function take(file: string, size: number): boolean {
  try {
    writeFileSync(reserveOf(file), Buffer.alloc(size), { mode: 0o600 })
    return true
  } catch {
    // The disk is full; the next start tries again.
    rmSync(reserveOf(file), { force: true })
    return false
  }
}

/** undefined: the folder is gone for a moment, such as a mount */
function freeBytes(file: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(resolve(file)))
    return bavail * bsize
  } catch {
    return undefined
  }
}
