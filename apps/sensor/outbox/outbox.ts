import type { DatabaseSync } from 'node:sqlite'
import type { Row } from '@hearthwatch/protocol'
import { type Clock, type Quality, quality } from './clock.ts'
import { isDiskError, newEpoch } from './file.ts'
import { nextBatch } from './next-batch.ts'
import { openRows, valuesOf } from './rows.ts'
import { trimStep } from './trim.ts'
import { createUniqueTimes } from './unique-times.ts'
import { createWaitingRows } from './waiting-rows.ts'

/** The readings of one tick, before they have a number. */
export interface Tick {
  /** ms since the epoch; meaningless while `waiting` */
  time: number
  quality: Quality
  /** ms since the machine started */
  uptime: number
  values: Readonly<Record<string, number>>
}

export type Outbox = ReturnType<typeof createOutbox>

/** @param boot a number for this run of the machine @param limit number of rows, at most */
export function createOutbox(database: DatabaseSync, boot: number, limit: number) {
  const rows = openRows(database)
  const state = rows.state()
  let { epoch, cursor, dropped } = state
  let savedCursor = cursor
  let high = Math.max(state.high, cursor, rows.highest() ?? 0)
  let count = rows.count()
  let unacknowledged = rows.countWithin(cursor, high)
  const times = createUniqueTimes(rows.newestTime(), rows.timesWithin)
  const waitingRows = createWaitingRows(rows, times, boot, inTransaction)

  function inTransaction<T>(work: () => T): T {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      times.reset()
      // SQLite has already rolled back after some errors.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    get epoch(): string {
      return epoch
    },
    /** Every number up to this one was acknowledged. */
    get cursor(): number {
      return cursor
    },
    /** The highest number that may be sent: the last one before the first row without a time. */
    get last(): number {
      return waitingRows.first === null ? high : waitingRows.first - 1
    },
    /** Number of rows after the cursor. */
    get unacknowledged(): number {
      return unacknowledged
    },
    /** True if the limit is exceeded by more than 1 %, so that not each tick trims. */
    get isOverLimit(): boolean {
      return count > limit * 1.01
    },
    /** Number of lost rows: dropped over the limit, not written to a full disk, or deleted from quarantine. */
    get dropped(): number {
      return dropped
    },
    /** Start values for the device's clock. */
    get knownTimes(): Pick<Clock, 'newestTime' | 'trustedOrigin'> {
      return { newestTime: rows.newestKnown(boot), trustedOrigin: rows.trustedOrigin(boot) }
    },
    /**
     * Appends all ticks in one transaction. @param lost number of ticks lost before these
     * @returns the rows that have a time. @throws SQLite's error, and then nothing is appended
     */
    append(ticks: readonly Tick[], lost: number = 0): Row[] {
      const appended = inTransaction(() => {
        if (lost > 0) rows.addDropped(lost)
        if (savedCursor !== cursor) rows.saveCursor(cursor)
        return ticks.map((tick, i) => {
          const seq = high + 1 + i
          const isWaiting = tick.quality === quality.waiting
          const time = isWaiting ? 0 : times.take(tick.time)
          rows.insert({ seq, time, quality: tick.quality, boot, uptime: tick.uptime, readings: JSON.stringify(tick.values) })
          return { row: { seq, time, values: tick.values }, isWaiting }
        })
      })
      savedCursor = cursor
      high += appended.length
      count += appended.length
      unacknowledged += appended.length
      dropped += lost
      for (const { row, isWaiting } of appended) if (isWaiting) waitingRows.add(row.seq)
      return appended.filter(({ isWaiting }) => !isWaiting).map(({ row }) => row)
    },
    /** Gives the waiting rows their times. @param origin the time at uptime 0, ms @returns these rows */
    stamp: waitingRows.stamp,
    /** The rows to send next, all trusted or all untrusted; null: none. */
    nextBatch: (maxRows: number, maxBytes: number) => nextBatch(rows, cursor, maxRows, maxBytes),
    /** Is written to disk with the next tick: a crash before only sends some rows again. */
    moveCursor(seq: number): void {
      const between = rows.countWithin(Math.min(seq, cursor), Math.max(seq, cursor))
      unacknowledged += seq < cursor ? between : -between
      cursor = seq
    },
    /** The ticks of all rows after the cursor, to append them to another outbox. */
    unacknowledgedTicks: () =>
      rows.after(cursor, count).map(({ readings, ...row }) => ({
        time: row.time,
        quality: row.quality,
        uptime: row.uptime,
        values: valuesOf(readings) ?? {},
      })),
    /** Begins a new epoch: all rows are numbered from 1 again, and none of them is acknowledged. */
    fork(): void {
      const fresh = newEpoch()
      inTransaction(() => rows.renumber(fresh))
      epoch = fresh
      cursor = 0
      savedCursor = 0
      high = count
      unacknowledged = count
      waitingRows.renumbered()
    },
    /** Moves a row that the monitor refuses out of the way; the last 500 of them are stored for inspection. */
    quarantine(seq: number): void {
      const { moved, lost } = inTransaction(() => {
        rows.saveHighest(high)
        const result = rows.quarantine(epoch, seq)
        if (result.lost > 0) rows.addDropped(result.lost)
        return result
      })
      count -= moved
      unacknowledged -= moved
      dropped += lost
    },
    /** Deletes some acknowledged rows older than a week and some rows over the limit. @returns true if more may remain */
    trim(now: number, trusted: boolean): boolean {
      const deleted = inTransaction(() => {
        const step = trimStep(database, { cursor, excess: count - limit, now, trusted })
        if (step.acknowledged + step.unacknowledged > 0) rows.saveHighest(high)
        if (step.unacknowledged > 0) rows.addDropped(step.unacknowledged)
        return step
      })
      count -= deleted.acknowledged + deleted.unacknowledged
      unacknowledged -= deleted.unacknowledged
      dropped += deleted.unacknowledged
      return deleted.more
    },
    close(): void {
      try {
        if (savedCursor !== cursor) rows.saveCursor(cursor)
      } catch (error) {
        if (!isDiskError(error)) throw error
      }
      database.close()
    },
  }
}
