import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { lock } from '../store/file/lock.ts'
import { databaseName, type House, placeOf } from './places.ts'
import type { Manifest } from './read-backup.ts'
import { stampOf } from './write-backup.ts'

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
    return [{ name, path, kind: isSame ? 'same' : 'replaced' }]
  })
}

/**
 * Writes the files of an unpacked backup to their places. Each replaced one is kept beside it.
 * @returns the names of the kept files
 * @throws DatabaseError if the monitor is running
 */
export async function restore(changes: readonly Change[], folder: string, house: House, now: number): Promise<string[]> {
  mkdirSync(dirname(house.DATABASE_FILE), { recursive: true, mode: 0o700 })
  const release = lock(house.DATABASE_FILE)
  const kept: string[] = []
  const aside = `.before-${stampOf(now)}`
  try {
    for (const { name, path, kind } of changes) {
      if (kind === 'same') continue
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      // Written beside its place first, so that a full disk leaves the house as it was.
      await copyFile(join(folder, name), `${path}.restored`)
      const parts = name === databaseName ? ['-wal', '-shm', ''] : ['']
      for (const part of parts) {
        if (!existsSync(path + part)) continue
        renameSync(path + part, path + aside + part)
        if (part === '') kept.push(path + aside)
      }
      renameSync(`${path}.restored`, path)
    }
    return kept
  } finally {
    release()
  }
}
