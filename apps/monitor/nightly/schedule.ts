import type { Log } from '@hearthwatch/log'
import { day, hour, minute, second } from '@hearthwatch/protocol/durations'
import { createTask, validateDetailed } from 'node-cron'
import { wallTime, type Zone } from '../localtime.ts'
import { isOutsideTrouble } from '../store/file/open.ts'

/** When the night's work is done: after the hours that daylight saving skips or doubles nearly everywhere. */
const nightly = 3 * hour + 30 * minute

/** What is wrong with a cron expression, as the end of a sentence about it; undefined: nothing. */
export function cronProblem(expression: string): string | undefined {
  const fault = validateDetailed(expression).errors[0]
  if (fault === undefined) return undefined
  const part = fault.field.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
  const why = fault.field === 'expression' ? fault.message : `its ${part} cannot be ${fault.value}`
  return `is not a cron expression (it is ${JSON.stringify(expression)}: ${why}; an example is 0 8 * * *, every day at 08:00)`
}

/** Whether a time on the wall (see `wallTime`) is meant. */
export type Meant = (wall: number) => boolean

/** How far a daily job has come. */
export interface Progress {
  /** The time on the wall up to which has been looked. */
  looked: number
  /** The local date on which it ran last. */
  ran: string | null
}

/**
 * Looks at every time that the wall clock has passed since the last look; node-cron's own timer would leave out the
 * days on which the hour does not exist. What is meant twice on a date (the hour that comes twice, an expression for
 * many times a day) counts once, and nothing of an earlier date is made up for.
 * @param step how finely to look, ms
 * @returns the progress, and the local date where the job is due now
 */
export function look(before: Progress, now: number, zone: Zone, meant: Meant, step: number): [Progress, string | null] {
  const wall = Math.floor(wallTime(now, zone) / step) * step
  const ahead = before.looked - wall
  // Behind what has been seen: the hour that comes twice, or a clock that was set back a little.
  if (ahead >= 0 && ahead <= 2 * hour) return [before, null]
  const date = new Date(wall).toISOString().slice(0, 10)
  const midnight = Math.floor(wall / day) * day
  const from = ahead > 0 ? wall : Math.max(midnight, before.looked + step)
  if (before.ran !== date) {
    for (let time = from; time <= wall; time += step) if (meant(time)) return [{ looked: wall, ran: date }, date]
  }
  return [{ ...before, looked: wall }, null]
}

export interface ScheduleOptions {
  /** When the daily summary is due; checked with `cronProblem` before. */
  cron: string
  timeZone: Zone
  now: () => number
  /** What came due today after this moment and before the start is made up for; default: nothing. ms */
  since?: number | undefined
  log: Log
  /**
   * Once per local date (`2026-11-23`); tried again a moment later when the database says no, and when it is meant
   * the next time where it returns false: there was nothing to tell yet.
   */
  onSummary(date: string): unknown
  /** Once a night; the signal asks it to stop early. */
  onNightly(signal: AbortSignal): Promise<unknown>
}

export interface Schedule {
  /** Waits for the night's work to stop. */
  close(): Promise<void>
}

/** What is done once a day. */
export function startSchedule({ cron, timeZone, now, since, log, onSummary, onNightly }: ScheduleOptions): Schedule {
  // On the wall every day has 24 hours, as in UTC: the expression is asked about that.
  const task = createTask(cron, () => {}, { timezone: 'UTC' })
  const seconds = validateDetailed(cron).fields?.second ?? [0]
  const step = seconds.length === 1 && seconds[0] === 0 ? minute : second
  const looked = Math.floor(wallTime(Math.min(since ?? now(), now()), timeZone) / step) * step
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let work: Promise<unknown> = Promise.resolve()

  const jobs = [
    { progress: { looked, ran: null } as Progress, meant: (wall: number) => task.match(new Date(wall)), run: onSummary },
    {
      progress: { looked, ran: null } as Progress,
      meant: (wall: number) => wall % day === nightly,
      run: () => {
        work = onNightly(stopping.signal).catch((error) => putUpWith('the work of the night failed', error))
      },
    },
  ]

  /** A full disk is not our fault, and no reason to stop; anything else is a bug. */
  function putUpWith(what: string, error: unknown): void {
    if (!isOutsideTrouble(error)) throw error
    log.error(what, { why: (error as Error).message })
  }

  function tick(): void {
    for (const job of jobs) {
      const [progress, date] = look(job.progress, now(), timeZone, job.meant, step)
      try {
        const isDone = date === null || job.run(date) !== false
        job.progress = isDone ? progress : { ...progress, ran: job.progress.ran }
      } catch (error) {
        putUpWith('the daily summary could not be made; it is tried again', error)
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
