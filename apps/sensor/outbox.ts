import type { DatabaseSync } from 'node:sqlite'
import type { Row } from '@hearthwatch/protocol'
import { type Quality, quality, release } from './clock.ts'
import { createFreeTimes } from './free-times.ts'
import { newEpoch } from './outbox-file.ts'
import { trimStep } from './trim.ts'

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
  /** Rows that were lost by the cap, or because the disk was full. */
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
  moveCursor(seq: number): void
  /** All after the cursor, to be kept elsewhere. */
  rest(): Tick[]
  /** Begins a new epoch: all rows get new numbers from 1 on, and none of them is acknowledged. */
  fork(): void
  /** Puts a row away that the monitor does not take. */
  quarantine(seq: number): void
  /** Removes some of what is acknowledged and a week old or over the cap. @returns whether there may be more */
  trim(now: number, trusted: boolean): boolean
  close(): void
}

/** @param boot a number for this run of the machine @param most rows to be kept */
export function createOutbox(database: DatabaseSync, boot: number, most: number): Outbox {
  const get = (sql: string, ...values: number[]) => database.prepare(sql).get(...values) as Record<string, number> | undefined
  const state = database.prepare('SELECT epoch, cursor, high, dropped FROM state').get() as {
    epoch: string
    cursor: number
    high: number
    dropped: number
  }
  let { epoch, cursor, dropped } = state
  let high = Math.max(state.high, cursor, get('SELECT max(seq) AS seq FROM rows')?.seq ?? 0)
  let count = get('SELECT count(*) AS count FROM rows')?.count ?? 0
  let waiting = get('SELECT count(*) AS count FROM rows WHERE seq > ?', cursor)?.count ?? 0

  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)')
  const next = database.prepare('SELECT seq, time, quality, readings FROM rows WHERE seq > ? ORDER BY seq LIMIT ?')
  const newest = get(`SELECT max(time) AS time FROM rows WHERE quality <> ${quality.held}`)?.time ?? 0
  const within = database.prepare(`SELECT time FROM rows WHERE time >= ? AND time < ? AND quality <> ${quality.held}`)
  const takenWithin = (from: number, to: number) => within.all(from, to).map(({ time }) => time as number)
  const times = createFreeTimes(newest, takenWithin)

  stampEarlierBoots()
  let held = get(`SELECT min(seq) AS seq FROM rows WHERE quality = ${quality.held}`)?.seq ?? null

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

  /** An untrusted clock may have said anything: it is no measure for another one. */
  function newestKnown(): number {
    const sql = 'SELECT max(time) AS time FROM rows WHERE quality = ? OR (quality = ? AND boot <> ?)'
    return get(sql, quality.trusted, quality.guessed, boot)?.time ?? 0
  }

  /** Rows that were waiting for a clock when the power went: nobody can know any more when they were taken. */
  function stampEarlierBoots(): void {
    const boots = database.prepare(`SELECT DISTINCT boot FROM rows WHERE quality = ${quality.held} AND boot <> ? ORDER BY seq`).all(boot)
    for (const { boot: earlier } of boots) stampBoot(earlier as number, Math.max(release, newestKnown() || newest), quality.guessed)
  }

  function stampBoot(of: number, origin: number, worth: Quality): Row[] {
    const rows = database
      .prepare(`SELECT seq, uptime, readings FROM rows WHERE quality = ${quality.held} AND boot = ? ORDER BY seq`)
      .all(of) as { seq: number; uptime: number; readings: string }[]
    const update = database.prepare('UPDATE rows SET time = ?, quality = ? WHERE seq = ?')
    return inTransaction(() =>
      rows.map(({ seq, uptime, readings }) => {
        const time = times.take(origin + uptime)
        update.run(time, worth, seq)
        return { seq, time, values: valuesOf(readings) ?? {} }
      }),
    )
  }

  return {
    get epoch() {
      return epoch
    },
    get cursor() {
      return cursor
    },
    get last() {
      return held === null ? high : held - 1
    },
    get waiting() {
      return waiting
    },
    get dropped() {
      return dropped
    },
    get times() {
      const sql = `SELECT time - uptime AS origin FROM rows WHERE quality = ${quality.trusted} AND boot = ? ORDER BY seq DESC LIMIT 1`
      return { known: newestKnown(), vouched: get(sql, boot)?.origin ?? null }
    },
    keep(ticks, lost = 0) {
      const rows = ticks.map(({ time, quality: worth, values }, i) => ({
        seq: high + 1 + i,
        time: worth === quality.held ? 0 : times.take(time),
        values,
      }))
      inTransaction(() => {
        for (const [i, { uptime, quality: worth, values }] of ticks.entries()) {
          const { seq, time } = rows[i] as Row
          insert.run(seq, time, worth, boot, uptime, JSON.stringify(values))
        }
        if (lost > 0) database.prepare('UPDATE state SET dropped = dropped + ?').run(lost)
      })
      high += rows.length
      count += rows.length
      waiting += rows.length
      dropped += lost
      const first = ticks.findIndex(({ quality: worth }) => worth === quality.held)
      if (first >= 0) held ??= (rows[first] as Row).seq
      return rows.filter((_, i) => ticks[i]?.quality !== quality.held)
    },
    stamp(origin, worth) {
      if (held === null) return []
      const rows = stampBoot(boot, origin, worth)
      held = null
      return rows
    },
    load(room, bytes) {
      const rows: Row[] = []
      let trusted = true
      let left = bytes
      for (const { seq, time, quality: worth, readings } of next.all(cursor, room)) {
        const isTrusted = worth === quality.trusted
        left -= Buffer.byteLength(readings as string) + `[${seq},${time},],`.length
        if (worth === quality.held || (rows.length > 0 && (left < 0 || isTrusted !== trusted))) break
        const values = valuesOf(readings as string)
        // Spoilt by the card where no check looks: a hole, instead of a wedge.
        if (values === null) continue
        trusted = isTrusted
        rows.push({ seq: seq as number, time: time as number, values })
      }
      const oldest = get('SELECT min(seq) AS seq FROM rows')?.seq ?? 1
      return rows.length > 0 ? { rows, trusted, oldest } : null
    },
    moveCursor(seq) {
      if (seq === cursor) return
      const sql = 'SELECT count(*) AS count FROM rows WHERE seq > ? AND seq <= ?'
      const between = get(sql, Math.min(seq, cursor), Math.max(seq, cursor))?.count ?? 0
      waiting += seq < cursor ? between : -between
      cursor = seq
      // Where this fails some rows are sent twice after a restart, and known to the monitor.
      database.prepare('UPDATE state SET cursor = ?').run(seq)
    },
    rest() {
      const rows = database.prepare('SELECT time, quality, uptime, readings FROM rows WHERE seq > ? ORDER BY seq').all(cursor)
      return rows.map(({ time, quality: worth, uptime, readings }) => ({
        time: time as number,
        quality: worth as Quality,
        uptime: uptime as number,
        values: valuesOf(readings as string) ?? {},
      }))
    },
    fork() {
      const fresh = newEpoch()
      inTransaction(() => {
        database.exec(`
          CREATE TEMP TABLE renumbered AS SELECT row_number() OVER (ORDER BY seq) AS number, time, quality, boot, uptime, readings FROM rows;
          DELETE FROM rows;
          INSERT INTO rows SELECT * FROM renumbered ORDER BY number;
          DROP TABLE renumbered;`)
        database.prepare('UPDATE state SET epoch = ?, cursor = 0, high = 0').run(fresh)
      })
      epoch = fresh
      cursor = 0
      high = count
      waiting = count
      held = get(`SELECT min(seq) AS seq FROM rows WHERE quality = ${quality.held}`)?.seq ?? null
    },
    quarantine(seq) {
      let gone = 0
      inTransaction(() => {
        database.prepare('INSERT INTO quarantine SELECT ?, seq, time, readings FROM rows WHERE seq = ?').run(epoch, seq)
        gone = Number(database.prepare('DELETE FROM rows WHERE seq = ?').run(seq).changes)
        database.prepare('UPDATE state SET high = ?').run(high)
      })
      count -= gone
      waiting -= gone
    },
    trim(now, trusted) {
      const gone = inTransaction(() => {
        const step = trimStep(database, { cursor, excess: count - most, now, trusted })
        // The numbers of what is gone are never used again.
        if (step.acknowledged + step.unacknowledged > 0)
          database.prepare('UPDATE state SET high = ?, dropped = dropped + ?').run(high, step.unacknowledged)
        return step
      })
      count -= gone.acknowledged + gone.unacknowledged
      waiting -= gone.unacknowledged
      dropped += gone.unacknowledged
      return gone.more
    },
    close() {
      database.close()
    },
  }
}

function valuesOf(readings: string): Tick['values'] | null {
  try {
    return JSON.parse(readings)
  } catch {
    return null
  }
}
