import { readSync, writeSync } from 'node:fs'
import * as fatfs from 'js-fatfs'

export const sectorSize = 512

/** A FAT file system inside an open file. */
export interface Fat {
  list(folder: string): string[]
  read(path: string): Buffer | undefined
  write(path: string, content: Buffer, onChunk: (share: number) => Promise<void>): Promise<void>
  remove(path: string): void
  makeFolder(path: string): void
  free(): number
  unmount(): void
}

/** A result code of FatFs that is no success. */
export class FatError extends Error {
  readonly code: number
  constructor(what: string, code: number) {
    super(`${what}: FAT error ${code}`)
    this.code = code
  }
}

/** Bytes of the buffer through which files pass. */
const bufferSize = 1024 * 1024

/**
 * Mounts a FAT file system.
 * @param file descriptor of an image file
 * @param start, length in sectors
 * @throws FatError if there is none
 */
export async function mountFat(file: number, start: number, length: number): Promise<Fat> {
  const position = (sector: number) => (start + sector) * sectorSize
  const ff = await fatfs.create({
    diskio: {
      initialize: () => 0,
      status: () => 0,
      read({ HEAPU8 }, _, buffer, sector, count) {
        const size = count * sectorSize
        return readSync(file, HEAPU8, buffer, size, position(sector)) === size ? fatfs.RES_OK : fatfs.RES_ERROR
      },
      write({ HEAPU8 }, _, buffer, sector, count) {
        if (sector + count > length) return fatfs.RES_PARERR
        const size = count * sectorSize
        return writeSync(file, HEAPU8, buffer, size, position(sector)) === size ? fatfs.RES_OK : fatfs.RES_ERROR
      },
      ioctl(ff, _, command, buffer) {
        if (command === fatfs.GET_SECTOR_COUNT) ff.setValue(buffer, length, 'i32')
        else if (command === fatfs.GET_SECTOR_SIZE) ff.setValue(buffer, sectorSize, 'i16')
        else if (command === fatfs.GET_BLOCK_SIZE) ff.setValue(buffer, 1, 'i32')
        else if (command !== fatfs.CTRL_SYNC) return fatfs.RES_PARERR
        return fatfs.RES_OK
      },
    },
  })
  const check = (what: string, code: number) => {
    if (code !== fatfs.FR_OK) throw new FatError(what, code)
  }
  const isMissing = (code: number) => code === fatfs.FR_NO_FILE || code === fatfs.FR_NO_PATH
  const volume = ff.malloc(fatfs.sizeof_FATFS)
  const handle = ff.malloc(Math.max(fatfs.sizeof_FIL, fatfs.sizeof_DIR))
  const info = ff.malloc(fatfs.sizeof_FILINFO)
  const buffer = ff.malloc(bufferSize)
  const count = ff.malloc(4)
  check('the file system cannot be read', ff.f_mount(volume, '', 1))

  return {
    list(folder) {
      const opened = ff.f_opendir(handle, folder)
      if (isMissing(opened)) return []
      check(folder, opened)
      const names: string[] = []
      for (;;) {
        check(folder, ff.f_readdir(handle, info))
        const name = ff.FILINFO_fname(info)
        if (name === '') break
        names.push(name)
      }
      check(folder, ff.f_closedir(handle))
      return names
    },
    read(path) {
      const opened = ff.f_open(handle, path, fatfs.FA_READ)
      if (isMissing(opened)) return undefined
      check(path, opened)
      const parts: Buffer[] = []
      for (;;) {
        check(path, ff.f_read(handle, buffer, bufferSize, count))
        const got = ff.getValue(count, 'i32')
        if (got === 0) break
        parts.push(Buffer.from(ff.HEAPU8.slice(buffer, buffer + got)))
      }
      check(path, ff.f_close(handle))
      return Buffer.concat(parts)
    },
    async write(path, content, onChunk) {
      check(path, ff.f_open(handle, path, fatfs.FA_WRITE | fatfs.FA_CREATE_ALWAYS))
      try {
        for (let offset = 0; offset < content.length; offset += bufferSize) {
          const part = content.subarray(offset, offset + bufferSize)
          ff.HEAPU8.set(part, buffer)
          check(path, ff.f_write(handle, buffer, part.length, count))
          // FatFs writes less without an error if the disk is full.
          if (ff.getValue(count, 'i32') !== part.length) throw new FatError(path, fatfs.FR_DENIED)
          await onChunk((offset + part.length) / content.length)
        }
      } finally {
        check(path, ff.f_close(handle))
      }
    },
    remove(path) {
      const code = ff.f_unlink(path)
      if (!isMissing(code)) check(path, code)
    },
    makeFolder(path) {
      const code = ff.f_mkdir(path)
      if (code !== fatfs.FR_EXIST) check(path, code)
    },
    free() {
      const pointer = ff.malloc(4)
      check('free space', ff.f_getfree('', count, pointer))
      ff.free(pointer)
      // The size of a cluster in sectors stands at offset 13 of the boot sector.
      const boot = Buffer.alloc(sectorSize)
      readSync(file, boot, 0, sectorSize, position(0))
      return (ff.getValue(count, 'i32') >>> 0) * boot.readUInt8(13) * sectorSize
    },
    unmount: () => void ff.f_unmount(''),
  }
}
