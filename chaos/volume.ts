import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder that can be full. */
export interface Volume {
  readonly folder: string
  /** Whether it is a disk of its own; where it is not `fill` does nothing. */
  readonly limited: boolean
  fill(): void
  free(): void
  /** What was on it stays in a plain folder, so that nobody has to unmount anything later. */
  unmount(): void
  remove(): void
}

const size = 96 * 1024 * 1024

/** A disk in memory (tmpfs) of limited size, which takes root; else a plain folder. @param limited whether to try */
export function createVolume(folder: string, limited: boolean): Volume {
  mkdirSync(folder, { recursive: true })
  const mounted = limited && tryTo('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder)
  const filler = join(folder, 'filler')
  return {
    folder,
    limited: mounted,
    fill() {
      if (!mounted) return
      // To the last byte, and what is asked for meanwhile is gone as well.
      for (let left = room(folder); left > 0; left = room(folder)) {
        try {
          writeFileSync(filler, Buffer.alloc(Math.min(left, 8 * 1024 * 1024)), { flag: 'a' })
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
          throw error
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
    unmount() {
      if (!mounted) return
      const copy = `${folder}-copy`
      rmSync(filler, { force: true })
      cpSync(folder, copy, { recursive: true })
      if (!tryTo('umount', folder)) tryTo('umount', '--lazy', folder)
      rmSync(folder, { recursive: true, force: true })
      renameSync(copy, folder)
    },
    remove() {
      if (mounted) tryTo('umount', '--lazy', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function room(folder: string): number {
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
