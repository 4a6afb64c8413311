import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type FileWatch, watchFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import type { SensorConfig } from '../config.ts'
import { boot } from './boot.ts'
import { isTrouble, OutboxUnusable, openFile } from './file.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { copyOut, putInPlace } from './restore-file.ts'

/** Rows that memory holds at most while the disk takes none: some megabytes. */
const mostInMemory = 20_000

export interface OpenOutbox {
  /** As it is now. */
  readonly outbox: Outbox
  /**
   * To be called now and then. Where the outbox is in memory, or its file was deleted or replaced, all that it holds
   * goes into one on the disk, which takes its place.
   * @returns whether there is another one; false also where it cannot be had yet
   */
  renew(): boolean
  close(): void
}

/** @param watches the outbox's files; none: it is in memory */
interface Place {
  outbox: Outbox
  database: DatabaseSync
  watches: FileWatch[]
}

/**
 * The sensor's outbox. Its file bears the sensor's id, so that several sensors may share a folder. Where the disk is
 * full it is in memory, until `renew` succeeds: a full disk is no reason not to measure.
 * @throws OutboxUnusable
 */
export function openOutbox(config: Pick<SensorConfig, 'SENSOR_ID' | 'OUTBOX_DIR' | 'OUTBOX_MAX' | 'OUTBOX_SYNC'>, log: Log): OpenOutbox {
  const file = join(config.OUTBOX_DIR, `${config.SENSOR_ID}.db`)
  let place: Place
  let isTold = false
  try {
    place = onDisk()
  } catch (error) {
    if (!isTrouble(error)) throw error
    log.error('THE OUTBOX CANNOT BE OPENED (is the disk full?): readings are kept in memory, and a stop loses them', { file, error })
    place = placed(openFile(':memory:', 'normal', log), mostInMemory, [])
  }

  function onDisk(): Place {
    return placed(openFile(file, config.OUTBOX_SYNC, log), config.OUTBOX_MAX, [file, `${file}-wal`])
  }

  function placed(database: DatabaseSync, most: number, files: string[]): Place {
    return { database, outbox: createOutbox(database, boot, most), watches: files.filter((one) => existsSync(one)).map(watchFile) }
  }

  function leave({ outbox, watches }: Place): void {
    outbox.close()
    for (const watch of watches) watch.close()
  }

  function fromMemory(): Place {
    const next = onDisk()
    try {
      next.outbox.keep(place.outbox.rest())
    } catch (error) {
      leave(next)
      throw error
    }
    leave(place)
    log.info('the outbox is on the disk again', { waiting: next.outbox.waiting })
    return next
  }

  /** Its epoch and its numbers stay: nobody else has them. */
  function fromNowhere(): Place {
    // A sensor that has begun another one under our name has it open: then we cannot.
    if (place.watches[0]?.isReplaced && existsSync(file)) openFile(file, config.OUTBOX_SYNC, log).close()
    const replaced = putInPlace(copyOut(place.database, file), file)
    const next = onDisk()
    leave(place)
    log.error('THE OUTBOX WAS DELETED OR REPLACED while it was in use: it is there again, with all that it held', { file, replaced })
    return next
  }

  return {
    get outbox() {
      return place.outbox
    },
    renew() {
      const isInMemory = place.watches.length === 0
      if (!isInMemory && !place.watches.some(({ isReplaced }) => isReplaced)) return false
      try {
        place = isInMemory ? fromMemory() : fromNowhere()
        isTold = false
        return true
      } catch (error) {
        if (!isTrouble(error) && !(error instanceof OutboxUnusable)) throw error
        if (!isInMemory && !isTold) log.error('THE OUTBOX IS GONE and cannot be put back: a stop loses what it holds', { file, error })
        isTold = true
        return false
      }
    },
    close: () => leave(place),
  }
}
