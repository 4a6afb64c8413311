import type { Log } from '@hearthwatch/log'
import type { Row } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { DeviceClock, Moment } from './device-clock.ts'
import { isDiskError } from './file.ts'
import type { OpenOutbox } from './open.ts'
import type { Tick } from './outbox.ts'

/** Number of ticks that wait in memory while the disk cannot be written. Beyond that the oldest are lost. */
const maxUnwritten = 1000
/** ms between two steps of trimming, so that a tick is written in between. */
const trimPause = 50
const trimEvery = 10 * minute

/** Writes the row of each tick into the outbox and keeps the outbox within its limit. */
export type RowWriter = ReturnType<typeof createRowWriter>

/** @param onAppended called after each commit with the rows that have a time and may be sent */
export function createRowWriter(
  opened: Pick<OpenOutbox, 'outbox'>,
  clock: Pick<DeviceClock, 'now' | 'isTrusted'>,
  onAppended: (rows: readonly Row[]) => void,
  log: Log,
) {
  let unwritten: Tick[] = []
  let lost = 0
  let lastError = ''
  let trimming = setTimeout(trim, trimEvery)
  let isTrimming = false
  let isFull = false
  let closed = false

  /** Runs `work`. @returns undefined if the disk fails, which is logged once */
  function attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!isDiskError(error)) throw error
      const { message } = error as Error
      if (message !== lastError)
        log.error(`THE OUTBOX CANNOT BE WRITTEN: up to ${maxUnwritten} readings wait in memory; live readings continue`, { error })
      lastError = message
      return undefined
    }
  }

  function flush(): void {
    if (unwritten.length > maxUnwritten) lost += unwritten.splice(0, unwritten.length - maxUnwritten).length
    const rows = attempt(() => opened.outbox.append(unwritten, lost))
    if (rows === undefined) return
    if (lastError !== '') log.info('outbox can be written again', { lost })
    lastError = ''
    unwritten = []
    lost = 0
    onAppended(rows)
    if (opened.outbox.isOverLimit && !isTrimming) trimSoon()
  }

  function trimSoon(): void {
    clearTimeout(trimming)
    isTrimming = true
    trimming = setTimeout(trim, trimPause)
  }

  function trim(): void {
    const { dropped } = opened.outbox
    isTrimming = attempt(() => opened.outbox.trim(clock.now(), clock.isTrusted())) ?? false
    if (opened.outbox.dropped > dropped && !isFull) {
      isFull = true
      log.error('THE OUTBOX IS FULL (OUTBOX_MAX): unacknowledged readings are being dropped', { dropped: opened.outbox.dropped })
    }
    trimming = setTimeout(trim, isTrimming ? trimPause : trimEvery)
  }

  return {
    write({ origin, quality, uptime, ago }: Moment, values: Readonly<Record<string, number>>): void {
      // A slow probe may answer after the close.
      if (closed) return
      if (origin !== null) {
        const rows = attempt(() => opened.outbox.stamp(origin, quality))
        if (rows !== undefined && rows.length > 0) onAppended(rows)
      }
      if (Object.keys(values).length === 0) return
      unwritten.push({ time: (origin ?? 0) + uptime - ago, quality, uptime, values })
      flush()
    },
    /** Number of lost rows, including losses not yet written to disk. */
    get dropped(): number {
      return opened.outbox.dropped + lost
    },
    close(): void {
      closed = true
      clearTimeout(trimming)
    },
  }
}
