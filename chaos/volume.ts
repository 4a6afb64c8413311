import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder that can be full. */
export type Volume = ReturnType<typeof createVolume>

const size = 96 * 1024 * 1024

/**
 * Makes a disk in memory (tmpfs) of 96 MiB, which needs root, or a plain folder.
 * @param limited false: always make a plain folder
 */
export function createVolume(folder: string, limited: boolean) {
  mkdirSync(folder, { recursive: true })
  const mounted = limited && tryTo('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder)
  const filler = join(folder, 'filler')
  return {
    folder,
    /** True if it is a disk of its own; otherwise `fill` does nothing. */
    limited: mounted,
    fill(): void {
      if (!mounted) return
      // Repeated, because programs may free space meanwhile.
      for (let left = freeBytes(folder); left > 0; left = freeBytes(folder)) {
        try {
          writeFileSync(filler, Buffer.alloc(Math.min(left, 8 * 1024 * 1024)), { flag: 'a' })
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
          throw error
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
    /** Unmounts the disk, and leaves its files in a plain folder. */
    unmount(): void {
      if (!mounted) return
      const copy = `${folder}-copy`
      rmSync(filler, { force: true })
      cpSync(folder, copy, { recursive: true })
      if (!tryTo('umount', folder)) tryTo('umount', '--lazy', folder)
      rmSync(folder, { recursive: true, force: true })
      renameSync(copy, folder)
    },
    remove(): void {
      if (mounted) tryTo('umount', '--lazy', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function tryTo(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
