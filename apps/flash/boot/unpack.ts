import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as xz from 'xz-decompress'
import { CardError } from './partition.ts'

/** Unpacks `FILE.img.xz` beside itself, unless that has been done. @returns the path of the unpacked file */
export async function unpack(path: string, onProgress: (share: number) => void): Promise<string> {
  if (!path.endsWith('.xz')) return path
  const target = path.slice(0, -3)
  const isThere = await stat(target).then(
    () => true,
    () => false,
  )
  if (isThere) return target
  const packed = await stat(path).catch(() => {
    throw new CardError(`There is no file ${path}.`)
  })
  let done = 0
  const source = createReadStream(path, { highWaterMark: 1024 * 1024 })
  source.on('data', (part) => {
    done += part.length
    onProgress(done / packed.size)
  })
  const part = `${target}.part`
  try {
    // A CommonJS module: Node has its class below `default`.
    const { XzReadableStream } = (xz as typeof xz & { default?: typeof xz }).default ?? xz
    const unpacked = new XzReadableStream(Readable.toWeb(source) as ReadableStream<Uint8Array>)
    await pipeline(Readable.fromWeb(unpacked as import('node:stream/web').ReadableStream), createWriteStream(part))
  } catch (error) {
    await rm(part, { force: true })
    throw new CardError(`${path} cannot be unpacked: ${(error as Error).message}`)
  }
  await rename(part, target)
  return target
}
