import { closeSync, fsyncSync, openSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { FatError, mountFat, sectorSize } from './fat.ts'
import { type BootPartition, CardError } from './partition.ts'

/** Types of a FAT partition in the partition table. */
const fatTypes = new Set([0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e])

/** Opens the boot partition inside an image file. @throws CardError */
export async function openImage(path: string): Promise<BootPartition> {
  const file = open(path)
  const { start, length } = findPartition(file, path)
  const fat = await mountFat(file, start, length).catch((error) => {
    closeSync(file)
    throw new CardError(`${path} has no FAT boot partition (${error.message}).`)
  })
  const explained = (error: unknown, name: string) =>
    error instanceof FatError
      ? new CardError(`${name} cannot be written in ${path}: the boot partition is full or damaged (${error.message})`)
      : error
  return {
    name: path,
    isMounted: false,
    list: async (folder) => fat.list(folder),
    read: async (name) => fat.read(name),
    async write(name, content, onProgress) {
      try {
        const folders = name.split('/').slice(0, -1)
        for (const index of folders.keys()) fat.makeFolder(folders.slice(0, index + 1).join('/'))
        await fat.write(name, content, async (share) => {
          onProgress?.(share)
          // Ctrl-C has its turn.
          await setImmediate()
        })
      } catch (error) {
        throw explained(error, name)
      }
    },
    async remove(name) {
      try {
        fat.remove(name)
      } catch (error) {
        throw explained(error, name)
      }
    },
    free: async () => fat.free(),
    async close() {
      fat.unmount()
      fsyncSync(file)
      closeSync(file)
    },
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CardError(code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be opened for writing: ${message}`)
  }
}

/** The place of the first FAT partition, in sectors. A file without a partition table may be the file system itself. */
function findPartition(file: number, path: string): { start: number; length: number } {
  const table = Buffer.alloc(sectorSize)
  if (readSync(file, table, 0, sectorSize, 0) < sectorSize || table.readUInt16LE(510) !== 0xaa55)
    throw new CardError(`${path} is not the image of a card.`)
  // A boot sector of FAT has its name at one of two places.
  if (table.toString('latin1', 82, 87) === 'FAT32' || table.toString('latin1', 54, 57) === 'FAT')
    return { start: 0, length: table.readUInt16LE(19) || table.readUInt32LE(32) }
  for (const at of [446, 462, 478, 494]) {
    if (fatTypes.has(table.readUInt8(at + 4))) return { start: table.readUInt32LE(at + 8), length: table.readUInt32LE(at + 12) }
  }
  throw new CardError(`${path} has no FAT partition, so it is not the image of a Raspberry Pi card.`)
}
