import type { Log } from '@hearthwatch/log'
import { day, hour, minute, second } from '@hearthwatch/protocol/durations'
import { createTask, validateDetailed } from 'node-cron'
import { wallTime, type Zone } from '../localtime.ts'
import { isOutsideTrouble } from '../store/file/open.ts'

/** Local time of the nightly tasks: after the hours that daylight saving time skips or repeats almost everywhere. */
const nightly = 3 * hour + 30 * minute

/** The mistake in a cron expression, as a sentence without its subject; undefined: none. */
export function cronProblem(expression: string): string | undefined {
  const fault = validateDetailed(expression).errors[0]
  if (fault === undefined) return undefined
  const part = fault.field.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
  const why = fault.field === 'expression' ? fault.message : `its ${part} cannot be ${fault.value}`
  return `is not a cron expression (it is ${JSON.stringify(expression)}: ${why}; an example is 0 8 * * *, every day at 08:00)`
}

/** True if the job is due at this wall time (see `wallTime`). */
type IsDue = (wall: number) => boolean

/** State of a daily job. */
interface Progress {
  /** Wall time up to which due times have been checked. */
  checked: number
  /** Local date of its last run. */
  ran: string | null
}

/**
 * Checks every wall time since the last check. node-cron's own timer would skip days on which the hour does not exist. A job
 * runs at most once per local date, and a run of an earlier date is not made up for.
 * @param step between two checked times, ms
 * @returns the progress, and the local date if the job is due now
 */
function checkDue(before: Progress, now: number, zone: Zone, isDue: IsDue, step: number): [Progress, string | null] {
  const wall = Math.floor(wallTime(now, zone) / step) * step
  const ahead = before.checked - wall
  // Already checked: the repeated hour, or a clock that was set back a little.
  if (ahead >= 0 && ahead <= 2 * hour) return [before, null]
  const date = new Date(wall).toISOString().slice(0, 10)
  const midnight = Math.floor(wall / day) * day
  const from = ahead > 0 ? wall : Math.max(midnight, before.checked + step)
  if (before.ran !== date) {
    for (let time = from; time <= wall; time += step) if (isDue(time)) return [{ checked: wall, ran: date }, date]
  }
  return [{ ...before, checked: wall }, null]
}

export interface ScheduleOptions {
  /** Schedule of the daily summary; checked with `cronProblem` before. */
  cron: string
  timeZone: Zone
  now: () => number
  /** Runs that were due today after this time and before the start are made up for; default: none. ms */
  since?: number | undefined
  log: Log
  /**
   * Called once per local date (`2026-11-23`). Retried soon if the database cannot be written, and at the next due time if
   * it returns false.
   */
  onSummary(date: string): unknown
  /** Called once a night; the signal asks it to stop early. */
  onNightly(signal: AbortSignal): Promise<unknown>
}

export interface Schedule {
  /** Waits until the nightly tasks have stopped. */
  close(): Promise<void>
}

/** Starts the two daily jobs. */
export function startSchedule({ cron, timeZone, now, since, log, onSummary, onNightly }: ScheduleOptions): Schedule {
  // Wall time has 24 hours a day, like UTC, so the expression is evaluated in UTC.
  const task = createTask(cron, () => {}, { timezone: 'UTC' })
  const seconds = validateDetailed(cron).fields?.second ?? [0]
  const step = seconds.length === 1 && seconds[0] === 0 ? minute : second
  const checked = Math.floor(wallTime(Math.min(since ?? now(), now()), timeZone) / step) * step
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let work: Promise<unknown> = Promise.resolve()

  const jobs = [
    { progress: { checked, ran: null } as Progress, isDue: (wall: number) => task.match(new Date(wall)), run: onSummary },
    {
      progress: { checked, ran: null } as Progress,
      isDue: (wall: number) => wall % day === nightly,
      run: () => {
        work = onNightly(stopping.signal).catch((error) =>
          logOutsideTrouble('the nightly tasks failed; they run again the next night', error),
        )
      },
    },
  ]

  /** A full disk is logged; any other error is a bug. */
  function logOutsideTrouble(what: string, error: unknown): void {
    if (!isOutsideTrouble(error)) throw error
    log.error(what, { why: (error as Error).message })
  }

  function tick(): void {
    for (const job of jobs) {
      const [progress, date] = checkDue(job.progress, now(), timeZone, job.isDue, step)
      try {
        const isDone = date === null || job.run(date) !== false
        job.progress = isDone ? progress : { ...progress, ran: job.progress.ran }
      } catch (error) {
        logOutsideTrouble('the daily summary could not be created; retrying', error)
      }
    }
    timer = setTimeout(tick, step - (now() % step))
  }
  tick()

  return {
    async close() {
      clearTimeout(timer)
      stopping.abort()
      await task.destroy()
      await work
    },
  }
}
