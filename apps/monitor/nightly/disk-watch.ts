import { statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { minute } from '@hearthwatch/protocol/durations'
import { type DiskGrowth, type DiskSample, diskTrouble, growthOf, withSample } from '../rules/disk-machine.ts'

/** Time between two looks at the disk. ms */
const interval = minute

/** Reads the free and usable bytes of the disk of a folder. @throws Error if the folder is gone */
export type RoomOf = (folder: string) => Omit<DiskSample, 'at'>

export interface DiskWatch {
  /** The trouble at a time, ms, as text for the alert; null: none */
  trouble(at: number): string | null
  /** null: the disk does not fill, or was not seen for long enough */
  growth(): DiskGrowth | null
}

/** Looks at the disk of the database. */
export function watchDisk(file: string, look: RoomOf = roomOf): DiskWatch {
  let samples: readonly DiskSample[] = []
  let looked = Number.NEGATIVE_INFINITY
  let trouble: string | null = null
  let growth: DiskGrowth | null = null
  return {
    trouble(at) {
      if (Math.abs(at - looked) < interval) return trouble
      looked = at
      try {
        const sample = { at, ...look(dirname(resolve(file))) }
        samples = withSample(samples, sample)
        trouble = diskTrouble(samples, sample, trouble !== null)
        growth = growthOf(samples, sample)
      } catch {
        // The folder is gone for a moment, such as a mount.
      }
      return trouble
    },
    growth: () => growth,
  }
}

function roomOf(folder: string): Omit<DiskSample, 'at'> {
  const { blocks, bfree, bavail, bsize } = statfsSync(folder)
  return { free: bavail * bsize, room: (blocks - bfree + bavail) * bsize }
}
