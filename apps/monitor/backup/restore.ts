import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lock } from '../store/file/lock.ts'
import { stampOf } from './names.ts'
import { databaseName, type House, placeOf } from './places.ts'
import type { Manifest } from './read-backup.ts'

/** Ending of a file that waits beside its place. */
const fresh = '.restored'

/** A file that a restore would write. */
export interface Change {
  name: string
  path: string
  kind: 'new' | 'replaced' | 'same'
}

/** The files that a restore would write. `folder` has the unpacked backup. */
export function planRestore(manifest: Manifest, folder: string, house: House): Change[] {
  return manifest.files.flatMap(({ name }): Change[] => {
    const path = placeOf(name, house)
    if (path === undefined) return []
    if (!existsSync(path)) return [{ name, path, kind: 'new' }]
    const isSame = name !== databaseName && readFileSync(path).equals(readFileSync(join(folder, name)))
    // The settings of an installed monitor are a link.
    return [{ name, path: realpathSync(path), kind: isSame ? 'same' : 'replaced' }]
  })
}

/**
 * Writes the files of an unpacked backup to their places. Each replaced one is kept beside it.
 * @returns the names of the kept files
 * @throws DatabaseError if the monitor is running
 */
export function restore(changes: readonly Change[], folder: string, house: House, now: number): string[] {
  mkdirSync(dirname(house.DATABASE_FILE), { recursive: true, mode: 0o700 })
  const release = lock(house.DATABASE_FILE)
  const kept: string[] = []
  const aside = `.before-${stampOf(now)}`
  try {
    const others = changes.filter(({ kind }) => kind !== 'same')
    // All are written beside their places first, so that a full disk leaves the house as it was.
    for (const { name, path } of others) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      copyFileSync(join(folder, name), path + fresh)
    }
    for (const { name, path } of others) {
      const parts = name === databaseName ? ['-wal', '-shm', ''] : ['']
      for (const part of parts) {
        if (!existsSync(path + part)) continue
        renameSync(path + part, path + aside + part)
        if (part === '') kept.push(path + aside)
      }
      renameSync(path + fresh, path)
    }
    return kept
  } finally {
    for (const { path } of changes) rmSync(path + fresh, { force: true })
    release()
  }
}
