import { join } from 'node:path'
import type { Log } from '@hearthwatch/log'
import { boot } from './boot.ts'
import type { SensorConfig } from './config.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { openFile } from './outbox-file.ts'

/**
 * The sensor's outbox. Its file bears the sensor's id, so that several sensors may share a folder.
 * @throws OutboxUnusable
 */
export function openOutbox(config: Pick<SensorConfig, 'SENSOR_ID' | 'OUTBOX_DIR' | 'OUTBOX_MAX' | 'OUTBOX_SYNC'>, log: Log): Outbox {
  const file = join(config.OUTBOX_DIR, `${config.SENSOR_ID}.db`)
  const outbox = createOutbox(openFile(file, config.OUTBOX_SYNC, log), boot, config.OUTBOX_MAX)
  log.debug('open', { file, epoch: outbox.epoch, waiting: outbox.waiting })
  return outbox
}
