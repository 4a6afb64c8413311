import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type FileWatch, watchFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import type { SensorConfig } from '../config.ts'
import { isDiskError, OutboxUnusable, openFile } from './file.ts'
import { boot } from './machine.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { copyOut, putInPlace } from './restore-file.ts'

/** Number of rows that the outbox stores in memory, at most: some megabytes. */
const maxInMemory = 20_000

export type OpenOutbox = ReturnType<typeof openOutbox>

/** @param watches the outbox's files; empty for an outbox in memory */
interface Place {
  outbox: Outbox
  database: DatabaseSync
  watches: FileWatch[]
}

/**
 * Opens the sensor's outbox. Its file is named after the sensor's id, so several sensors may share a folder. If the
 * disk is full, the outbox starts in memory until `renew` succeeds.
 * @throws OutboxUnusable
 */
export function openOutbox(config: Pick<SensorConfig, 'SENSOR_ID' | 'OUTBOX_DIR' | 'OUTBOX_MAX' | 'OUTBOX_SYNC'>, log: Log) {
  const file = join(config.OUTBOX_DIR, `${config.SENSOR_ID}.db`)
  let place = openFirst()
  let isLogged = false

  function openFirst(): Place {
    try {
      return onDisk()
    } catch (error) {
      if (!isDiskError(error)) throw error
      log.error('THE OUTBOX CANNOT BE OPENED (is the disk full or read-only?): readings are stored in memory and lost on a stop', {
        file,
        error,
      })
      return placed(openFile(':memory:', 'normal', log), maxInMemory, [])
    }
  }

  function onDisk(): Place {
    return placed(openFile(file, config.OUTBOX_SYNC, log), config.OUTBOX_MAX, [file, `${file}-wal`])
  }

  function placed(database: DatabaseSync, limit: number, files: string[]): Place {
    return { database, outbox: createOutbox(database, boot, limit), watches: files.filter((one) => existsSync(one)).map(watchFile) }
  }

  function closePlace({ outbox, watches }: Place): void {
    outbox.close()
    for (const watch of watches) watch.close()
  }

  function moveFromMemory(): Place {
    const next = onDisk()
    try {
      next.outbox.append(place.outbox.unacknowledgedTicks())
    } catch (error) {
      closePlace(next)
      throw error
    }
    closePlace(place)
    log.info('the outbox is on the disk again', { waiting: next.outbox.unacknowledged })
    return next
  }

  /** Restores the file with its epoch and numbers, which no other outbox has. */
  function restoreFile(): Place {
    // Fails if another sensor with our id has made a new outbox there and has it open.
    if (place.watches[0]?.isReplaced && existsSync(file)) openFile(file, config.OUTBOX_SYNC, log).close()
    const replaced = putInPlace(copyOut(place.database, file), file)
    const next = onDisk()
    closePlace(place)
    log.error('THE OUTBOX WAS DELETED OR REPLACED while it was in use: it was restored with all rows', { file, replaced })
    return next
  }

  return {
    /** The current outbox; `renew` may replace it. */
    get outbox(): Outbox {
      return place.outbox
    },
    /**
     * Moves an outbox from memory to disk, and restores an outbox whose file was deleted or replaced. Call this regularly.
     * @returns true if `outbox` was replaced; false also if the attempt failed
     */
    renew(): boolean {
      const isInMemory = place.watches.length === 0
      if (!isInMemory && !place.watches.some(({ isReplaced }) => isReplaced)) return false
      try {
        place = isInMemory ? moveFromMemory() : restoreFile()
        isLogged = false
        return true
      } catch (error) {
        if (!isDiskError(error) && !(error instanceof OutboxUnusable)) throw error
        if (!isInMemory && !isLogged) log.error('THE OUTBOX IS GONE and cannot be restored: its rows are lost on a stop', { file, error })
        isLogged = true
        return false
      }
    },
    close: () => closePlace(place),
  }
}
