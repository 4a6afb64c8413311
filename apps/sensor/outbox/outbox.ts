import type { DatabaseSync } from 'node:sqlite'
import type { Row } from '@hearthwatch/protocol'
import { type Quality, quality } from './clock.ts'
import { isTrouble, newEpoch } from './file.ts'
import { openRows, valuesOf } from './rows.ts'
import { trimStep } from './trim.ts'
import { createUniqueTimes } from './unique-times.ts'
import { createHeld } from './waiting-rows.ts'

/** What was measured in one tick, before it has a number. */
export interface Tick {
  /** ms since the epoch; of a `held` one without a meaning */
  time: number
  quality: Quality
  /** ms since the machine started */
  uptime: number
  values: Readonly<Record<string, number>>
}

/** Rows to be sent together: of `from` to the last one these are all that there still are. */
export interface Load {
  rows: Row[]
  trusted: boolean
  /** The lowest number in the outbox. */
  oldest: number
}

export interface Outbox {
  readonly epoch: string
  /** Every number up to this one was acknowledged. */
  readonly cursor: number
  /** The highest number that may be sent: what has no time yet may not. */
  readonly last: number
  /** Rows after the cursor. */
  readonly waiting: number
  /** Whether there are clearly more rows than there may be: by a hundredth, or else each tick would trim. */
  readonly isOver: boolean
  /** Rows that were lost: by the cap, because the disk was full, or because too many had been put away. */
  readonly dropped: number
  /** The newest time that is worth something, ms (0: none), and the time at uptime 0 that was trusted in this run of the machine. */
  readonly times: { known: number; vouched: number | null }
  /**
   * Keeps them, in one transaction. @param lost ticks before these that were not kept
   * @returns the rows that have a time. @throws SQLite's error, and then nothing of it is kept
   */
  keep(ticks: readonly Tick[], lost?: number): Row[]
  /** Gives a time to the rows that wait for one. @param origin the time at uptime 0, ms */
  stamp(origin: number, quality: Quality): Row[]
  /** The next rows after the cursor, all of one trust; null: none. @param most rows @param bytes of their JSON */
  load(most: number, bytes: number): Load | null
  /** Lasting with the next tick: until then a crash costs no more than sending some rows again. */
  moveCursor(seq: number): void
  /** All after the cursor, to be kept elsewhere. */
  rest(): Tick[]
  /** Begins a new epoch: all rows get new numbers from 1 on, and none of them is acknowledged. */
  fork(): void
  /** Puts a row away that the monitor does not take; some hundred of them are kept for people to look at. */
  quarantine(seq: number): void
  /** Removes some of what is acknowledged and a week old or over the cap. @returns whether there may be more */
  trim(now: number, trusted: boolean): boolean
  close(): void
}

/** @param boot a number for this run of the machine @param most rows to be kept */
export function createOutbox(database: DatabaseSync, boot: number, most: number): Outbox {
  const rows = openRows(database)
  const state = rows.state()
  let { epoch, cursor, dropped } = state
  let saved = cursor
  let high = Math.max(state.high, cursor, rows.highest() ?? 0)
  let count = rows.count()
  let waiting = rows.countWithin(cursor, high)
  const times = createUniqueTimes(rows.newestTime(), rows.timesWithin)
  const held = createHeld(rows, times, boot, inTransaction)

  function inTransaction<T>(work: () => T): T {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      times.forget()
      // Some errors have rolled back already.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    get epoch() {
      return epoch
    },
    get cursor() {
      return cursor
    },
    get last() {
      return held.first === null ? high : held.first - 1
    },
    get waiting() {
      return waiting
    },
    get isOver() {
      return count > most * 1.01
    },
    get dropped() {
      return dropped
    },
    get times() {
      return { known: rows.newestKnown(boot), vouched: rows.trustedOrigin(boot) }
    },
    keep(ticks, lost = 0) {
      const kept = inTransaction(() => {
        if (lost > 0) rows.addDropped(lost)
        if (saved !== cursor) rows.saveCursor(cursor)
        return ticks.map(({ time: wanted, quality: worth, uptime, values }, i) => {
          const seq = high + 1 + i
          const time = worth === quality.held ? 0 : times.take(wanted)
          rows.insert({ seq, time, quality: worth, boot, uptime, readings: JSON.stringify(values) })
          return { seq, time, values, worth }
        })
      })
      saved = cursor
      high += kept.length
      count += kept.length
      waiting += kept.length
      dropped += lost
      for (const { seq, worth } of kept) if (worth === quality.held) held.add(seq)
      return kept.filter(({ worth }) => worth !== quality.held).map(({ seq, time, values }) => ({ seq, time, values }))
    },
    stamp: held.stamp,
    load(room, bytes) {
      const loaded: Row[] = []
      let trusted = true
      let left = bytes
      for (const { seq, time, quality: worth, readings } of rows.after(cursor, room)) {
        const isTrusted = worth === quality.trusted
        left -= Buffer.byteLength(readings) + `[${seq},${time},],`.length
        if (worth === quality.held || (loaded.length > 0 && (left < 0 || isTrusted !== trusted))) break
        const values = valuesOf(readings)
        // Spoilt by the card where no check looks: a hole, instead of a wedge.
        if (values === null) continue
        trusted = isTrusted
        loaded.push({ seq, time, values })
      }
      return loaded.length > 0 ? { rows: loaded, trusted, oldest: rows.lowest() ?? 1 } : null
    },
    moveCursor(seq) {
      const between = rows.countWithin(Math.min(seq, cursor), Math.max(seq, cursor))
      waiting += seq < cursor ? between : -between
      cursor = seq
    },
    rest() {
      return rows.after(cursor, count).map(({ time, quality: worth, uptime, readings }) => ({
        time,
        quality: worth,
        uptime,
        values: valuesOf(readings) ?? {},
      }))
    },
    fork() {
      const fresh = newEpoch()
      inTransaction(() => rows.renumber(fresh))
      epoch = fresh
      cursor = 0
      saved = 0
      high = count
      waiting = count
      held.renumbered()
    },
    quarantine(seq) {
      const { away, lost } = inTransaction(() => {
        rows.saveHighest(high)
        const gone = rows.putAway(epoch, seq)
        if (gone.lost > 0) rows.addDropped(gone.lost)
        return gone
      })
      count -= away
      waiting -= away
      dropped += lost
    },
    trim(now, trusted) {
      const gone = inTransaction(() => {
        const step = trimStep(database, { cursor, excess: count - most, now, trusted })
        if (step.acknowledged + step.unacknowledged > 0) rows.saveHighest(high)
        if (step.unacknowledged > 0) rows.addDropped(step.unacknowledged)
        return step
      })
      count -= gone.acknowledged + gone.unacknowledged
      waiting -= gone.unacknowledged
      dropped += gone.unacknowledged
      return gone.more
    },
    close() {
      try {
        if (saved !== cursor) rows.saveCursor(cursor)
      } catch (error) {
        if (!isTrouble(error)) throw error
      }
      database.close()
    },
  }
}
