import { mkdir, open, readdir, readFile, rename, rm, rmdir, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type BootPartition, CardError, chunk } from './partition.ts'

/** A boot partition that the system has mounted on a folder. */
export function openMounted(folder: string): BootPartition {
  const at = (path: string) => join(folder, path)
  return {
    name: folder,
    isMounted: true,
    list: (path) => readdir(at(path)).catch(missing([])),
    read: (path) => readFile(at(path)).catch(missing(undefined)),
    async write(path, content, onProgress) {
      try {
        await mkdir(dirname(at(path)), { recursive: true })
        // Written beside and renamed: a card that is pulled out has the old file or the new one.
        const fresh = `${at(path)}.new`
        const file = await open(fresh, 'w')
        try {
          for (let offset = 0; offset < content.length; offset += chunk) {
            await file.write(content, offset, Math.min(chunk, content.length - offset))
            // Otherwise the system gathers all in memory, and the progress means nothing.
            if (content.length > chunk) await file.datasync()
            onProgress?.(Math.min(1, (offset + chunk) / content.length))
          }
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(fresh, at(path))
      } catch (error) {
        throw explained(error, path, folder)
      }
    },
    async remove(path) {
      try {
        await rm(at(path), { force: true }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ERR_FS_EISDIR' && error.code !== 'EISDIR') throw error
          return rmdir(at(path))
        })
      } catch (error) {
        throw explained(error, path, folder)
      }
    },
    async free() {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
    close: async () => {},
  }
}

function missing<T>(otherwise: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return otherwise
    throw error
  }
}

function explained(error: unknown, path: string, folder: string): Error {
  const { code, message } = error as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    ENOSPC: 'the card is full',
    EROFS: 'the card is read-only: its lock switch, or a worn card',
    EACCES: 'this user may not write there',
    EPERM: 'this user may not write there',
    EIO: 'the card or its reader has an error',
    ENODEV: 'the card was pulled out',
  }
  return new CardError(`${path} cannot be written on ${folder}: ${reasons[code ?? ''] ?? message}`)
}
