import { setImmediate as pause } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import type { Store } from '../store/store.ts'

/**
 * How long it is kept what people were told, ms. More than a year, so that a night of last winter can be compared with the
 * same one of this winter; a repeated alert can make a dozen rows a day, each with all that it said.
 */
const remembered = 400 * 24 * 3_600_000
/** The part of the notifications that one night may delete at most: the clock may have run far into the future. */
const most = 0.1
/**
 * So many alerts are kept, for as long as it takes: at one a day that is for ever. Only a sensor that trembles at its limit
 * for months comes so far, and its 30 MB are enough of that.
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

/** The night's work on the histories: what they hold stays bounded, and nothing goes that is still needed. */
export async function pruneHistory({ store, now, log, signal, mostAlerts: keep = mostAlerts }: PruneHistoryOptions): Promise<void> {
  const { pruning } = store
  const before = now() - remembered
  const limit = Math.ceil(pruning.countNotifications() * most)
  let notifications = 0
  for (let after: number | null = 0; after !== null && notifications < limit && !signal?.aborted; await pause()) {
    const { removed, next } = pruning.removeTold(before, after, limit - notifications)
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
