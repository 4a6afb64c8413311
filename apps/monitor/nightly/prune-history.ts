import { setImmediate as pause } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import type { Store } from '../store/store.ts'

/**
 * Notifications are kept for this long: more than a year, so that two winters can be compared. A repeated alert can add a
 * dozen rows a day. ms
 */
const keptFor = 400 * day
/** Most notifications that one night may delete, as a part of all, in case the clock is far in the future. */
const most = 0.1
/**
 * Most alerts that are kept, whatever their age. Only a value that crosses its limit again and again for months reaches
 * this number, which takes some 30 MB.
 */
const mostAlerts = 100_000

export interface PruneHistoryOptions {
  store: Pick<Store, 'pruning'>
  now: () => number
  log: Log
  signal?: AbortSignal | undefined
  /** For tests. */
  mostAlerts?: number
}

/** Nightly task: deletes old notifications and alerts that are no longer needed. */
export async function pruneHistory({ store, now, log, signal, mostAlerts: keep = mostAlerts }: PruneHistoryOptions): Promise<void> {
  const { pruning } = store
  const before = now() - keptFor
  const limit = Math.ceil(pruning.countNotifications() * most)
  let notifications = 0
  for (let after: number | null = 0; after !== null && notifications < limit && !signal?.aborted; await pause()) {
    const { removed, next } = pruning.removeNotifications(before, after, limit - notifications)
    notifications += removed
    after = next
  }
  let alerts = 0
  for (let removed = 1; removed > 0 && !signal?.aborted; await pause()) {
    removed = pruning.removeAlerts(keep)
    alerts += removed
  }
  if (notifications > 0 || alerts > 0) log.info('old notifications and alerts were deleted', { notifications, alerts })
}
