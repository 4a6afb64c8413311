import type { Log } from '@hearthwatch/log'
import type { Link } from '@hearthwatch/mqtt'
import type { Row } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import type { MachineClocks } from './clock.ts'
import { createDeviceClock } from './device-clock.ts'
import type { OpenOutbox } from './open.ts'
import { createRowWriter } from './row-writer.ts'
import { startSync } from './sync.ts'

export interface DeliveryOptions {
  config: Pick<SensorConfig, 'SENSOR_ID' | 'BATCH_SIZE' | 'BATCH_INTERVAL'>
  opened: OpenOutbox
  machineClocks(): MachineClocks
  publish: Link['publish']
  /** Publishes the info again. Resolves when the broker has it. */
  introduce(): Promise<void>
  /** ms, of a clock that is never set back */
  steady(): number
  /** Called when the outbox has a new epoch. */
  onEpoch(): void
  /** Called after each commit of the outbox, for each row that has its time. */
  onAppended?: ((row: Row) => void) | undefined
  log: Log
}

/**
 * Appends the row of each tick to the outbox and delivers it to the monitor.
 * @param options the outbox in `opened` is closed together with the delivery
 */
export function startDelivery({ config, opened, machineClocks, publish, introduce, steady, onEpoch, onAppended, log }: DeliveryOptions) {
  const clock = createDeviceClock(opened.outbox.knownTimes, machineClocks, log)
  const sync = startSync({ config, opened, clock, publish, introduce, steady, onEpoch, log })
  const writer = createRowWriter(
    opened,
    clock,
    (rows) => {
      for (const row of rows) onAppended?.(row)
      if (rows.length > 0) sync.appended()
    },
    log,
  )
  let closed = false
  return {
    ...sync,
    momentOf: clock.momentOf,
    write: writer.write,
    /** Number of rows that the monitor has not acknowledged. */
    get unacknowledged() {
      return opened.outbox.unacknowledged
    },
    get dropped() {
      return writer.dropped
    },
    close() {
      if (closed) return
      closed = true
      sync.close()
      writer.close()
      opened.close()
    },
  }
}
