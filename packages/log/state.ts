import type { Fields, Level, Log } from './log.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
/** Times after the start of a state at which it is logged again, ms; then each day. */
const reminders = [10 * minute, hour]
const daily = 24 * hour

/** A state that lasts, such as a full disk. */
export interface LastingState {
  /** Logs the state at once, again after 10 min and after 1 h, and then daily with its start and a count, until `end`. */
  begin(message: string, fields?: Fields): void
  /** Logs the end with the duration, if the state was logged. */
  end(message: string, fields?: Fields): void
}

/**
 * A state is logged again while it lasts: a rotated log would no longer have its only line.
 * @param now ms since the epoch
 */
export function lastingState(log: Log, level: Level, now: () => number = Date.now): LastingState {
  let since: number | null = null
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let latest: { message: string; fields: Fields } = { message: '', fields: {} }

  function schedule(): void {
    const passed = now() - (since ?? now())
    const next = reminders.find((time) => time > passed) ?? (Math.floor(passed / daily) + 1) * daily
    timer = setTimeout(remind, Math.max(second, next - passed))
    timer.unref()
  }

  function remind(): void {
    if (since === null) return
    log[level](`still: ${latest.message}`, { ...latest.fields, since: new Date(since).toISOString(), times: count })
    schedule()
  }

  return {
    begin(message, fields = {}) {
      count += 1
      const isNew = since === null || latest.message !== message || latest.fields.why !== fields.why
      latest = { message, fields }
      if (isNew) log[level](message, fields)
      if (since !== null) return
      since = now()
      schedule()
    },
    end(message, fields = {}) {
      if (since === null) return
      clearTimeout(timer)
      log.info(message, { ...fields, after: durationOf(now() - since) })
      since = null
      count = 0
    },
  }
}

/** `4 min`, `3 h`, `2 d` */
export function durationOf(ms: number): string {
  const [unit, name] = ms < minute ? [second, 's'] : ms < 2 * hour ? [minute, 'min'] : ms < 2 * daily ? [hour, 'h'] : [daily, 'd']
  return `${Math.round(ms / unit)} ${name}`
}
