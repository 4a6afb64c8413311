import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BackupError } from '../errors.ts'
import { newestFirst } from '../names.ts'
import type { RemotePlace } from './place.ts'

/**
 * Copies a backup to another machine, reads it back to compare it, and deletes the oldest ones there beyond `keep`.
 * @param keep 0: none is deleted
 * @throws BackupError
 */
export async function copyTo(place: RemotePlace, file: string, keep: number): Promise<string> {
  const name = basename(file)
  await place.upload(file, name)
  const [here, there] = await Promise.all([hashOf(createReadStream(file)), hashThere(place, name)])
  if (here !== there) {
    await place.remove(name)
    throw new BackupError(`${place.shown} has stored ${name} with other bytes. It was deleted there.`)
  }
  if (keep > 0) for (const old of newestFirst(await place.list()).slice(keep)) await place.remove(old)
  return `${place.shown}/${name}`
}

/** Copies a backup from another machine into a file. @throws BackupError */
export async function copyFrom(place: RemotePlace, name: string, file: string): Promise<void> {
  await reading(place, name, async (bytes) => pipeline(Readable.from(bytes), createWriteStream(file, { mode: 0o600 })))
}

const hashThere = (place: RemotePlace, name: string) => reading(place, name, hashOf)

async function reading<T>(place: RemotePlace, name: string, use: (bytes: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
  const bytes = await place.download(name)
  try {
    return await use(bytes)
  } catch (error) {
    throw new BackupError(`${name} cannot be read from ${place.shown}: ${(error as Error).message}.`)
  }
}

async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of bytes) hash.update(part)
  return hash.digest('hex')
}
