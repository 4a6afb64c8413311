import { statSync } from 'node:fs'
import type { Log } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'
import type { Zone } from '../localtime.ts'
import type { Notify } from '../notify/deliver.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { HouseTroubles } from '../rules/house-troubles.ts'
import { isOutsideTrouble } from '../store/file/open.ts'
import type { Store } from '../store/store.ts'
import { archiveOldReadings } from './archive-readings.ts'
import { type BackUpOptions, backUp } from './back-up.ts'
import { backfillRollups } from './backfill-rollups.ts'
import { checkCertificate } from './check-certificate.ts'
import { deleteOldReadings } from './delete-old-readings.ts'
import type { DiskWatch } from './disk-watch.ts'
import { pruneHistory } from './prune-history.ts'
import { renewCertificates } from './renew-certificates.ts'
import { type Schedule, startSchedule } from './schedule.ts'
import { sendSummary } from './summary.ts'

export interface DailyOptions {
  settings: { SUMMARY_CRON: string; TZ?: Zone; RETENTION_DAYS: number; brokerFiles: string } & BackUpOptions['settings']
  store: Store
  enqueue: NotificationQueue['enqueue']
  notify: Pick<Notify, 'channels' | 'wake'>
  /** Number of readings stored since the start. */
  stored(): number
  now: () => number
  log: Log
  troubles: HouseTroubles
  /** End of the certificate that the broker has shown, ms since the epoch; null: none. */
  certificateEnd(): number | null
  disk: Pick<DiskWatch, 'trouble'>
}

/** Interval at which the disk and the certificate of the broker are looked at. ms */
const watchInterval = minute

/** Starts the daily tasks: the summary, and at night what keeps the house in order. */
export function startDaily({ settings, store, enqueue, notify, stored, now, log, troubles, certificateEnd, disk }: DailyOptions): Schedule {
  const started = now()
  const stopping = new AbortController()
  const backfilling = backfillAtStart(store, log, stopping.signal)
  let ofFiles: number | null = null
  const certificates = async (signal: AbortSignal) => {
    ofFiles = await renewCertificates({ brokerFiles: settings.brokerFiles, now, log, signal })
    checkCertificate([ofFiles, certificateEnd()], now(), troubles)
  }
  // A machine that is switched off each night also renews.
  const renewing = certificates(stopping.signal)
  const look = () => {
    troubles.report('disk', disk.trouble(now()))
    // The broker has shown its certificate by then. Another owner may renew it at any time.
    checkCertificate([ofFiles, certificateEnd()], now(), troubles)
  }
  look()
  const watch = setInterval(look, watchInterval).unref()
  const schedule = startSchedule({
    cron: settings.SUMMARY_CRON,
    timeZone: settings.TZ ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    now,
    // A summary that was due while the monitor was down is sent now.
    since: store.readings.latest(now()).reduce((last, { time }) => Math.max(last, time), 0) || undefined,
    log: log.child('schedule'),
    onSummary(date) {
      const budgets = notify.channels().flatMap(({ name, budget }) => (budget ? [{ channel: name, ...budget }] : []))
      const alive = () => ({ uptime: now() - started, readings: stored(), size: sizeOf(settings.DATABASE_FILE) })
      const isMade = sendSummary({ store, date, now: now(), enqueue, budgets, alive, log })
      notify.wake()
      return isMade
    },
    async onNightly(signal) {
      await deleteOldReadings({ store, days: settings.RETENTION_DAYS, now, log, signal })
      await archiveOldReadings({ store, now, log, signal })
      await pruneHistory({ store, now, log, signal })
      await certificates(signal)
      await backUp({ settings, log, troubles, signal })
    },
  })
  return {
    async close() {
      stopping.abort()
      clearInterval(watch)
      await Promise.all([backfilling, renewing, schedule.close()])
    },
  }
}

/** Computes missing rollups in the background, after an upgrade from a version without them. */
async function backfillAtStart(store: Store, log: Log, signal: AbortSignal): Promise<void> {
  if (store.readings.rebuild.unfinished().length === 0) return
  log.info('rollups are missing and are computed now; until then long charts are slow')
  try {
    if (await backfillRollups({ store, signal })) log.info('all rollups are complete')
  } catch (error) {
    if (!isOutsideTrouble(error)) throw error
    log.error('rollups could not be computed; the next start tries again', { why: (error as Error).message })
  }
}

/** Size of the database on disk, including its write-ahead log. bytes */
function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, part) => sum + (statSync(part, { throwIfNoEntry: false })?.size ?? 0), 0)
}
