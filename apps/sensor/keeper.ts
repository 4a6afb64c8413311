import type { Log } from '@hearthwatch/log'
import type { Row } from '@hearthwatch/protocol'
import { type Clock, hearTime, type Look, lookAt, newClock, type Quality, quality } from './clock.ts'
import type { Outbox, Tick } from './outbox.ts'
import { isTrouble } from './outbox-file.ts'

/** Ticks that wait in memory while the disk takes none; from then on the oldest are lost. */
const mostUnkept = 1000
const minute = 60_000
/** ms between two steps of trimming: a reading in between does not wait. */
const trimPause = 50

/** When a tick was, by every clock there is. */
export interface Moment {
  origin: number | null
  quality: Quality
  uptime: number
  /** How long before the look at the clocks the tick was, ms. */
  ago: number
}

/** Puts each tick into the outbox, with its own time, whatever the clock and the disk do. */
export interface Keeper {
  /** @param tick the point of the wall clock's grid, ms */
  moment(tick: number): Moment
  keep(moment: Moment, values: Readonly<Record<string, number>>): void
  /** The device's clock, as far as it is known; ms. */
  now(): number
  /** The monitor has told its time. */
  hearTime(theirs: number): void
  /** Rows that were lost, those included of which the disk does not know yet. */
  readonly dropped: number
  close(): void
}

/**
 * @param current the outbox, as it is now
 * @param look at the machine's clocks
 * @param onKept after each commit, for each row that has a time; then it may be sent
 */
export function createKeeper(current: () => Outbox, look: () => Look, onKept: (rows: readonly Row[]) => void, log: Log): Keeper {
  let clock: Clock = newClock(current().times)
  let told: Quality | undefined
  let unkept: Tick[] = []
  let lost = 0
  let trouble = ''
  let trimming = setTimeout(trim, minute)

  /** Runs it unless the disk is in trouble, which is told once. */
  function attempt<T>(work: () => T): T | undefined {
    try {
      const result = work()
      if (trouble !== '') log.info('the outbox can be written again', { lost })
      trouble = ''
      return result
    } catch (error) {
      if (!isTrouble(error)) throw error
      const { message } = error as Error
      if (message !== trouble)
        log.error('THE OUTBOX CANNOT BE WRITTEN: readings are only said aloud, and kept in memory for a while', { error })
      trouble = message
      return undefined
    }
  }

  function flush(): void {
    if (unkept.length > mostUnkept) lost += unkept.splice(0, unkept.length - mostUnkept).length
    const rows = attempt(() => current().keep(unkept, lost))
    if (rows === undefined) return
    unkept = []
    lost = 0
    onKept(rows)
  }

  function tell(worth: Quality): void {
    if (worth !== told && worth === quality.held) log.warn('the clock is not set: readings wait for it up to 10 minutes')
    if (worth !== told && worth === quality.guessed) log.warn('the clock is not set: times are guessed from the uptime')
    told = worth
  }

  function trim(): void {
    const [, { origin, quality: worth }] = lookAt(clock, look())
    const now = (origin ?? 0) + look().uptime
    const outbox = current()
    const before = outbox.dropped
    const more = attempt(() => outbox.trim(now, worth === quality.trusted)) ?? false
    if (outbox.dropped > before && before === 0) log.error('THE OUTBOX IS FULL: readings are being lost', { dropped: outbox.dropped })
    trimming = setTimeout(trim, more ? trimPause : minute)
  }

  return {
    moment(tick) {
      const seen = look()
      const [after, verdict] = lookAt(clock, seen)
      clock = after
      tell(verdict.quality)
      return { ...verdict, uptime: seen.uptime, ago: seen.wall - tick }
    },
    keep({ origin, quality: worth, uptime, ago }, values) {
      if (origin !== null) {
        const rows = attempt(() => current().stamp(origin, worth))
        if (rows !== undefined && rows.length > 0) onKept(rows)
      }
      if (Object.keys(values).length === 0) return
      unkept.push({ time: (origin ?? 0) + uptime - ago, quality: worth, uptime, values })
      flush()
    },
    now() {
      const seen = look()
      const [, { origin }] = lookAt(clock, seen)
      return (origin ?? clock.known) + seen.uptime
    },
    hearTime(theirs) {
      clock = hearTime(clock, look(), theirs)
    },
    get dropped() {
      return current().dropped + lost
    },
    close() {
      clearTimeout(trimming)
    },
  }
}
