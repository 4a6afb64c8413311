import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { create } from 'tar'
import { copyDatabase } from '../store/file/copy.ts'
import { BackupError } from './errors.ts'
import { newestFirst, sealed, stampOf } from './names.ts'
import { databaseName, type House, otherPlaces } from './places.ts'
import { hashOf, type Manifest, manifestName, readBackup } from './read-backup.ts'
import { sealFor } from './seal.ts'

export interface BackupOptions {
  house: House
  /** Folder of the backups; made if it does not exist. */
  folder: string
  /** Number of backups that are kept there; 0: all of them. */
  keep: number
  /** Recipient of age; undefined: not encrypted. */
  recipient?: string | undefined
  version: string
  /** ms */
  now: number
  onStep(what: string): void
}

/**
 * Writes the database, rules, settings and secrets into one file, which is checked before it gets its name, and deletes the
 * oldest ones beyond `keep`. The monitor may be running.
 * @returns the file
 * @throws BackupError, DatabaseError
 */
export async function writeBackup({ house, folder, keep, recipient, version, now, onStep }: BackupOptions): Promise<string> {
  const seal = recipient === undefined ? null : sealFor(recipient)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const size = sizeOf(house.DATABASE_FILE)
  const { bavail, bsize } = statfsSync(folder)
  // The copy and the packed file are there at once.
  if (bavail * bsize < 2 * size)
    throw new BackupError(`${folder} has too little space: a backup needs ${Math.ceil((2 * size) / 1e6)} MB for a moment.`)
  const work = mkdtempSync(join(folder, '.backup-'))
  try {
    onStep(`copying the database (${(size / 1e6).toFixed(1)} MB)`)
    const copy = join(work, databaseName)
    copyDatabase(house.DATABASE_FILE, copy)
    chmodSync(copy, 0o600)
    const names = [databaseName]
    for (const { name, path } of otherPlaces(house)) {
      mkdirSync(dirname(join(work, name)), { recursive: true, mode: 0o700 })
      copyFileSync(path, join(work, name))
      names.push(name)
    }
    const manifest: Manifest = {
      format: 1,
      made: new Date(now).toISOString(),
      version,
      files: names.map((name) => ({ name, sha256: hashOf(join(work, name)) })),
    }
    writeFileSync(join(work, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
    onStep('packing')
    const packed = join(work, 'packed')
    await create({ gzip: true, cwd: work, file: packed, portable: true }, [manifestName, ...names])
    onStep('checking')
    await readBackup(packed, join(work, 'check'))
    if (seal !== null) writeFileSync(packed, await seal(readFileSync(packed)))
    chmodSync(packed, 0o600)
    const file = join(folder, `hearthwatch-${stampOf(now)}.tar.gz${seal === null ? '' : sealed}`)
    renameSync(packed, file)
    deleteOldest(folder, keep)
    return file
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The backups of a folder, the newest first. */
export const backupsIn = (folder: string): string[] => newestFirst(readdirSync(folder))

/** @param keep 0: none is deleted, since all of them were made by hand */
function deleteOldest(folder: string, keep: number): void {
  for (const name of keep === 0 ? [] : backupsIn(folder).slice(keep)) rmSync(join(folder, name))
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
