import { statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { minute } from '@hearthwatch/protocol/durations'
import { type DiskSample, diskTrouble, withSample } from '../rules/disk-machine.ts'

/** Time between two looks at the disk. ms */
const interval = minute

/** Reads the free and usable bytes of the disk of a folder. @throws Error if the folder is gone */
export type RoomOf = (folder: string) => Omit<DiskSample, 'at'>

/** Looks at the disk of the database. @returns the trouble at a time, as text for the alert; null: none */
export function watchDisk(file: string, look: RoomOf = roomOf): (at: number) => string | null {
  let samples: readonly DiskSample[] = []
  let looked = Number.NEGATIVE_INFINITY
  let trouble: string | null = null
  return (at) => {
    if (Math.abs(at - looked) < interval) return trouble
    looked = at
    try {
      const sample = { at, ...look(dirname(resolve(file))) }
      samples = withSample(samples, sample)
      trouble = diskTrouble(samples, sample, trouble !== null)
    } catch {
      // The folder is gone for a moment, such as a mount.
    }
    return trouble
  }
}

function roomOf(folder: string): Omit<DiskSample, 'at'> {
  const { blocks, bfree, bavail, bsize } = statfsSync(folder)
  return { free: bavail * bsize, room: (blocks - bfree + bavail) * bsize }
}
