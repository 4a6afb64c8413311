import { setImmediate as pause } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import type { Store } from '../store/store.ts'

/** Sensors keep sent rows for this long. A batch that is sent again finds its readings in the table. ms */
const archiveAfter = 7 * day

export interface ArchiveOptions {
  store: Pick<Store, 'readings'>
  now: () => number
  log: Log
  signal?: AbortSignal | undefined
}

/**
 * Nightly task: moves whole UTC days of more than a week ago into archive blocks, one day of one series per transaction.
 * Late readings of such a day are added to its block. If it is stopped or killed, it continues the next night.
 * @returns number of archived readings
 */
export async function archiveOldReadings({ store, now, log, signal }: ArchiveOptions): Promise<number> {
  const { archiving } = store.readings
  const before = Math.floor((now() - archiveAfter) / day) * day
  let archived = 0
  for (const series of archiving.seriesBefore(before)) {
    for (let step = archiving.step(series, 0, before); step !== null; step = archiving.step(series, step.next, before)) {
      archived += step.count
      await pause()
      if (signal?.aborted) return archived
    }
  }
  if (archived > 0) log.info('old readings were archived', { readings: archived, before: new Date(before).toISOString() })
  return archived
}
