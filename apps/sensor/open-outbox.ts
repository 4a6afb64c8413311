import { join } from 'node:path'
import type { Log } from '@hearthwatch/log'
import { boot } from './boot.ts'
import type { SensorConfig } from './config.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { isTrouble, openFile } from './outbox-file.ts'

/** Rows that memory holds at most while the disk takes none: some megabytes. */
const mostInMemory = 20_000

/**
 * The sensor's outbox. Its file bears the sensor's id, so that several sensors may share a folder. Where the disk is
 * full it is in memory, until `reopen` succeeds: a full disk is no reason not to measure.
 * @throws OutboxUnusable
 */
export function openOutbox(
  config: Pick<SensorConfig, 'SENSOR_ID' | 'OUTBOX_DIR' | 'OUTBOX_MAX' | 'OUTBOX_SYNC'>,
  log: Log,
): { outbox: Outbox; reopen?: () => Outbox | null } {
  const file = join(config.OUTBOX_DIR, `${config.SENSOR_ID}.db`)
  const open = () => createOutbox(openFile(file, config.OUTBOX_SYNC, log), boot, config.OUTBOX_MAX)
  try {
    return { outbox: open() }
  } catch (error) {
    if (!isTrouble(error)) throw error
    log.error('THE OUTBOX CANNOT BE OPENED (is the disk full?): readings are kept in memory, and a stop loses them', { file, error })
    return { outbox: createOutbox(openFile(':memory:', 'normal', log), boot, mostInMemory), reopen: () => attempt(open) }
  }
}

function attempt(open: () => Outbox): Outbox | null {
  try {
    return open()
  } catch (error) {
    if (!isTrouble(error)) throw error
    return null
  }
}
