import type { Log } from '@hearthwatch/log'
import type { Row } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import { type Clock, hearTime, type Look, lookAt, newClock, type Quality, quality } from './clock.ts'
import { isTrouble } from './file.ts'
import type { Outbox, Tick } from './outbox.ts'

/** Ticks that wait in memory while the disk takes none; from then on the oldest are lost. */
const mostUnkept = 1000
/** ms between two steps of trimming: a reading in between does not wait. */
const trimPause = 50
const trimEvery = 10 * minute

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
  let trimming = setTimeout(trim, trimEvery)
  let isTrimming = false
  let isFull = false

  /** Runs it unless the disk is in trouble, which is told once. */
  function attempt<T>(work: () => T): T | undefined {
    try {
      return work()
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
    if (trouble !== '') log.info('the outbox can be written again', { lost })
    trouble = ''
    unkept = []
    lost = 0
    onKept(rows)
    if (current().isOver && !isTrimming) trimSoon()
  }

  function tell(worth: Quality): void {
    if (worth !== told && worth === quality.held) log.warn('the clock is not set: readings wait for it up to 10 minutes')
    if (worth !== told && worth === quality.guessed) log.warn('the clock is not set: times are guessed from the uptime')
    told = worth
  }

  function trimSoon(): void {
    clearTimeout(trimming)
    isTrimming = true
    trimming = setTimeout(trim, trimPause)
  }

  function trim(): void {
    const seen = look()
    const [, { origin, quality: worth }] = lookAt(clock, seen)
    const { dropped } = current()
    isTrimming = attempt(() => current().trim((origin ?? 0) + seen.uptime, worth === quality.trusted)) ?? false
    if (current().dropped > dropped && !isFull) {
      isFull = true
      log.error('THE OUTBOX IS FULL: readings that the monitor has not got are being lost', { dropped: current().dropped })
    }
    trimming = setTimeout(trim, isTrimming ? trimPause : trimEvery)
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
