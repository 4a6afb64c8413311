import { closeSync, cpSync, existsSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Suffixes of the files of an SQLite database. Its program must be stopped while they are copied or deleted. */
const parts = ['', '-wal', '-shm']

/** Copies the files of a database, including its WAL. */
export function copyDatabase(file: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true })
  for (const part of parts.slice(0, 2)) if (existsSync(file + part)) cpSync(file + part, join(to, basename(file) + part))
}

/** Replaces a database by its copy. @returns false if there is no copy */
export function restoreDatabase(file: string, from: string): boolean {
  if (!existsSync(join(from, basename(file)))) return false
  deleteDatabase(file)
  for (const part of parts.slice(0, 2)) {
    const copy = join(from, basename(file) + part)
    if (existsSync(copy)) cpSync(copy, file + part)
  }
  return true
}

export function deleteDatabase(file: string): void {
  for (const part of parts) rmSync(file + part, { force: true })
}

export function deleteWal(file: string): void {
  for (const part of parts.slice(1)) rmSync(file + part, { force: true })
}

/** Size of a page in bytes. */
const page = 4096

/** Overwrites a page with zeros. @param choose chooses the page from the number of pages */
export function zeroPage(file: string, choose: (pages: number) => number): void {
  if (!existsSync(file)) return
  const descriptor = openSync(file, 'r+')
  const pages = Math.floor(statSync(file).size / page)
  if (pages > 0) writeSync(descriptor, Buffer.alloc(page), 0, page, choose(pages) * page)
  closeSync(descriptor)
}
