import { statSync } from 'node:fs'
import type { Log } from '@hearthwatch/log'
import type { Config } from '../config.ts'
import type { Notify } from '../notify/deliver.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import { isOutsideTrouble } from '../store/file/open.ts'
import type { Store } from '../store/store.ts'
import { foldOld } from './archive-readings.ts'
import { completeRollups } from './backfill-rollups.ts'
import { sweep } from './delete-old-readings.ts'
import { pruneHistory } from './prune-history.ts'
import { type Schedule, startSchedule } from './schedule.ts'
import { sendSummary } from './summary.ts'

export interface DailyOptions {
  config: Pick<Config, 'SUMMARY_CRON' | 'TZ' | 'RETENTION_DAYS' | 'DATABASE_FILE'>
  store: Store
  enqueue: NotificationQueue['enqueue']
  notify: Pick<Notify, 'channels' | 'wake'>
  /** Readings stored since the start. */
  stored(): number
  now: () => number
  log: Log
}

/** What is done once a day: the summary is told, and at night old readings are cleared away or folded. */
export function startDaily({ config, store, enqueue, notify, stored, now, log }: DailyOptions): Schedule {
  const started = now()
  const stopping = new AbortController()
  const atStart = rollUp(store, log, stopping.signal)
  const schedule = startSchedule({
    cron: config.SUMMARY_CRON,
    timeZone: config.TZ ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    now,
    // A summary that came due while the monitor was down comes now.
    since: Math.max(0, ...store.readings.latest().map(({ time }) => time)) || undefined,
    log: log.child('schedule'),
    onSummary(date) {
      const budgets = notify.channels().flatMap(({ name, budget }) => (budget ? [{ channel: name, ...budget }] : []))
      const alive = () => ({ uptime: now() - started, readings: stored(), size: sizeOf(config.DATABASE_FILE) })
      const isMade = sendSummary({ store, date, now: now(), enqueue, budgets, alive, log })
      notify.wake()
      return isMade
    },
    async onNightly(signal) {
      await sweep({ store, days: config.RETENTION_DAYS, now, log, signal })
      await foldOld({ store, now, log, signal })
      await pruneHistory({ store, now, log, signal })
    },
  })
  return {
    async close() {
      stopping.abort()
      await Promise.all([atStart, schedule.close()])
    },
  }
}

/** The readings of a database that is older than its rollups are rolled up in the background. */
async function rollUp(store: Store, log: Log, signal: AbortSignal): Promise<void> {
  if (store.readings.rebuild.unfinished().length === 0) return
  log.info('the readings are rolled up; until then charts of a long time take theirs')
  try {
    if (await completeRollups({ store, signal })) log.info('the readings are rolled up')
  } catch (error) {
    if (!isOutsideTrouble(error)) throw error
    log.error('the readings could not be rolled up; the next start tries again', { why: (error as Error).message })
  }
}

/** What the database takes on the disk, with what is not in its file yet. bytes */
function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, part) => sum + (statSync(part, { throwIfNoEntry: false })?.size ?? 0), 0)
}
