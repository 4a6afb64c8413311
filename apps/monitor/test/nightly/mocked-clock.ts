import type { TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'
import { wallTime } from '../../localtime.ts'
import { type ScheduleOptions, startSchedule } from '../../nightly/schedule.ts'

/** A mocked clock with mocked timers, from `start` (ms) on. */
export function mockClock(t: TestContext, start: number) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start })
  let ahead = 0
  const now = () => Date.now() + ahead
  return {
    now,
    /** Advances minute by minute, without waiting. */
    until(end: number) {
      while (now() < end) t.mock.timers.tick(Math.min(minute, end - now()))
    },
    /** Sets the clock; timers do not notice. */
    setTo(time: number) {
      ahead = time - Date.now()
    },
  }
}

/** Starts a schedule that records the local time of each summary and each nightly run. */
export function recordSchedule(options: Partial<ScheduleOptions> & Pick<ScheduleOptions, 'timeZone' | 'now'>) {
  const summaries: string[] = []
  const nights: string[] = []
  const wall = () => new Date(wallTime(options.now(), options.timeZone)).toISOString().slice(0, 16)
  const schedule = startSchedule({
    cron: '30 2 * * *',
    log: silent,
    onSummary: (date) => void summaries.push(`${date} at ${wall()}`),
    onNightly: async () => void nights.push(wall()),
    ...options,
  })
  return { schedule, summaries, nights }
}
