import { readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { second } from '@hearthwatch/protocol/durations'
import { error, type Finding } from './finding.ts'
import type { Words } from './words.ts'

/** Faults of a card or disk that the kernel has noted in the file system. */
export interface Wear {
  /** Such as `mmcblk0p2`. */
  device: string
  errors: number
  /** The last one, ms since the epoch. */
  last: number
  /** Since the file system was made, bytes. */
  written: number
}

/** No finding if the kernel has noted no fault, or counts none for this kind of file system. */
export function checkWear(folder: string, { wear: words }: Words, sysfs = '/sys'): Finding[] {
  const wear = wearOf(folder, sysfs)
  if (wear === null || wear.errors === 0) return []
  const { device, errors, last, written } = wear
  const date = new Date(last).toISOString().slice(0, 10)
  return [error('disk.worn', words.bad(device, errors, date), words.why(`${Math.round(written / 1e9)} GB`), words.do)]
}

/** The counts of ext4 (Documentation/ABI/testing/sysfs-fs-ext4 of Linux); null: another file system, or none with a device. */
export function wearOf(folder: string, sysfs = '/sys'): Wear | null {
  try {
    const { dev } = statSync(folder)
    const number = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`
    const device = basename(realpathSync(join(sysfs, 'dev', 'block', number)))
    const read = (name: string) => Number(readFileSync(join(sysfs, 'fs', 'ext4', device, name), 'utf8'))
    return { device, errors: read('errors_count'), last: read('last_error_time') * second, written: read('lifetime_write_kbytes') * 1024 }
  } catch {
    return null
  }
}
