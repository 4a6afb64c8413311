import type { Log } from '@hearthwatch/log'
import { completeRollups } from './complete-rollups.ts'
import type { Config } from './config.ts'
import { foldOld } from './fold.ts'
import { sendSummary } from './notify/summary.ts'
import { sweep } from './retention.ts'
import { type Schedule, startSchedule } from './schedule.ts'
import { isOutsideTrouble } from './store/database.ts'
import type { Store } from './store/store.ts'
import type { Teller } from './tell.ts'

export interface DailyOptions {
  config: Pick<Config, 'SUMMARY_CRON' | 'TZ' | 'RETENTION_DAYS'>
  store: Store
  tell: Teller['everyone']
  /** There is something to send. */
  onTold(): void
  now: () => number
  log: Log
}

/** What is done once a day: the summary is told, and at night old readings are cleared away or folded. */
export function startDaily({ config, store, tell, onTold, now, log }: DailyOptions): Schedule {
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
      const isMade = sendSummary({ store, date, now: now(), tell, log })
      onTold()
      return isMade
    },
    async onNightly(signal) {
      await sweep({ store, days: config.RETENTION_DAYS, now, log, signal })
      await foldOld({ store, now, log, signal })
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
