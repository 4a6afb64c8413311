import { setImmediate as pause } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import type { Store } from '../store/store.ts'

/** The part of all rows that one night may delete at most. */
const most = 0.1

export interface SweepOptions {
  store: Pick<Store, 'readings' | 'sessions'>
  /** Readings older than this are deleted; 0: none ever. */
  days: number
  now: () => number
  log: Log
  signal?: AbortSignal | undefined
}

/**
 * The night's work: forgets readings that have become too old, and logins that have expired. A clock that has run
 * far into the future does not wipe the house: a night takes at most a tenth of all readings. What they come to, by five
 * minutes and by hour, is kept for ever.
 * @returns how many readings were deleted
 */
export async function sweep({ store, days, now, log, signal }: SweepOptions): Promise<number> {
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
    log.warn(
      'more readings are older than RETENTION_DAYS than one night may delete: is the clock right? The rest follows in the nights to come',
      {
        deleted,
        of: all,
        before: new Date(before).toISOString(),
      },
    )
  return deleted
}
