import type { Log } from '@hearthwatch/log'
import type { Config } from './config.ts'
import { sendSummary } from './notify/summary.ts'
import { sweep } from './retention.ts'
import { type Schedule, startSchedule } from './schedule.ts'
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

/** What is done once a day: the summary is told, and at night old readings are cleared away. */
export function startDaily({ config, store, tell, onTold, now, log }: DailyOptions): Schedule {
  return startSchedule({
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
    onNightly: (signal) => sweep({ store, days: config.RETENTION_DAYS, now, log, signal }),
  })
}
