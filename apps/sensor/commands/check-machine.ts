import { accessSync, constants, existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { error, type Finding, ok, warning } from '@hearthwatch/doctor'
import type { SensorConfig } from '../config.ts'
import type { Words } from './words.ts'

/** Bytes. Below the first the outbox cannot grow for a day, below the second not for an hour. */
const lowSpace = 50_000_000
const noSpace = 2_000_000

/** The outbox's folder: can it be written, and how much room is there. It is not made, because another user may need it. */
export function checkOutbox({ OUTBOX_DIR }: SensorConfig, words: Words['outbox']): Finding {
  const folder = resolve(OUTBOX_DIR)
  const place = existingFolder(folder)
  try {
    accessSync(place, constants.W_OK)
    const probe = join(place, `.doctor-${process.pid}`)
    writeFileSync(probe, 'x')
    rmSync(probe)
    const { bavail, bsize } = statfsSync(place)
    const free = `${Math.round((bavail * bsize) / 1e6)} MB`
    if (bavail * bsize >= lowSpace) return ok('outbox', words.good(folder, free))
    return (bavail * bsize < noSpace ? error : warning)('outbox', words.low(folder, free), words.lowWhy, words.lowDo)
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException
    const remedy = code === 'EROFS' ? words.readOnlyDo : code === 'ENOSPC' ? words.lowDo : words.badDo
    return error('outbox', words.bad(folder), message, remedy)
  }
}

/** The folder, or the nearest one above it that exists. */
export function existingFolder(wanted: string): string {
  let folder = resolve(wanted)
  while (!existsSync(folder)) folder = dirname(folder)
  return folder
}

export const outboxFile = ({ OUTBOX_DIR, SENSOR_ID }: Pick<SensorConfig, 'OUTBOX_DIR' | 'SENSOR_ID'>): string =>
  join(OUTBOX_DIR, `${SENSOR_ID}.db`)

/** True if a process has the sensor's outbox open. */
export function isRunning(config: SensorConfig): boolean {
  const file = outboxFile(config)
  if (!existsSync(file)) return false
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { readOnly: true })
    database.prepare('SELECT one FROM state').get()
    return false
  } catch (failure) {
    // SQLITE_BUSY: the sensor locks its outbox.
    return ((failure as { errcode?: number }).errcode ?? 0) % 256 === 5
  } finally {
    database?.close()
  }
}
