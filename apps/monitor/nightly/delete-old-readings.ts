import { setImmediate as pause } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import type { Store } from '../store/store.ts'

/** Most readings that one night may delete, as a part of all. */
const most = 0.1

export interface DeleteOptions {
  store: Pick<Store, 'readings' | 'sessions'>
  /** Retention in days; 0: readings are never deleted. */
  days: number
  now: () => number
  log: Log
  signal?: AbortSignal | undefined
}

/**
 * Nightly task: deletes readings that are older than RETENTION_DAYS, and expired logins. A night deletes at most a tenth of
 * all readings, so that a clock far in the future does not delete everything. Rollups are kept for ever.
 * @returns number of deleted readings
 */
export async function deleteOldReadings({ store, days, now, log, signal }: DeleteOptions): Promise<number> {
  store.sessions.removeExpired(now())
  if (days <= 0) return 0
  const { readings } = store
  let all = 0
  for (const count of readings.countBySeries()) {
    all += count
    await pause()
    if (signal?.aborted) return 0
  }
  const before = now() - days * day
  const limit = Math.ceil(all * most)
  let deleted = 0
  while (deleted < limit && !signal?.aborted) {
    const count = readings.deleteOlder(before, limit - deleted)
    if (count === 0) break
    deleted += count
    await pause()
  }
  if (deleted > 0) log.info('old readings were deleted', { deleted, of: all, before: new Date(before).toISOString() })
  if (deleted >= limit && deleted > 0 && readings.hasOlder(before))
    log.warn('nightly delete limit (10 %) reached; check the clock; the rest is deleted on the following nights', {
      deleted,
      of: all,
      before: new Date(before).toISOString(),
    })
  return deleted
}
