import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CardError } from './boot/partition.ts'

/** A package for the card. */
export interface PackageFile {
  name: string
  content: Buffer
  /** Sentences for people. */
  notes: string[]
}

/** Reads a package that is built already, or builds it. @throws CardError if it is no package for arm64 */
export async function getPackage(file: string | undefined, onProgress: (share: number) => void): Promise<PackageFile> {
  const built = file === undefined ? await build(onProgress) : { file, notes: [] }
  const content = await readFile(built.file).catch((error: Error) => {
    throw new CardError(`${built.file} cannot be read: ${error.message}`)
  })
  const name = basename(built.file)
  if (content.toString('latin1', 0, 8) !== '!<arch>\n') throw new CardError(`${built.file} is not a Debian package.`)
  if (!/^hearthwatch-sensor_[^/]+_arm64\.deb$/.test(name))
    throw new CardError(`${name} is not the sensor's package for a Raspberry Pi; its name is hearthwatch-sensor_VERSION_arm64.deb.`)
  return { name, content, notes: built.notes }
}

async function build(onProgress: (share: number) => void): Promise<{ file: string; notes: string[] }> {
  // Loaded only when it is needed: the bundler in it takes a second.
  const { buildPackage, cacheFolder } = await import('@hearthwatch/package')
  const out = join(cacheFolder(), 'package')
  const { file, notes } = await buildPackage({ arch: 'arm64', out, onProgress: (_step: string, share: number) => onProgress(share) })
  return { file, notes: [...notes] }
}
