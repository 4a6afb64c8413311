import { createHash } from 'node:crypto'
import { createReadStream, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { BackupError } from '../errors.ts'
import { newestFirst } from '../names.ts'
import type { RemotePlace } from './place.ts'

/**
 * Copies a backup to another machine, reads it back to compare it, and deletes the oldest ones there beyond `keep`.
 * @param keep 0: none is deleted
 * @returns its address, for people
 * @throws BackupError
 */
export async function copyTo(place: RemotePlace, file: string, keep: number): Promise<string> {
  const name = basename(file)
  await place.upload(file, name)
  if (!(await isSame(place, name, file))) {
    await place.remove(name)
    throw new BackupError(`${place.shown} has stored ${name} with other bytes. It was deleted there.`)
  }
  if (keep > 0) for (const old of newestFirst(await place.list()).slice(keep)) await place.remove(old)
  return `${place.shown}/${name}`
}

async function isSame(place: RemotePlace, name: string, file: string): Promise<boolean> {
  const back = join(dirname(file), '.read-back')
  try {
    await place.download(name, back)
    return (await hashOf(file)) === (await hashOf(back))
  } finally {
    rmSync(back, { force: true })
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return hash.digest('hex')
}
