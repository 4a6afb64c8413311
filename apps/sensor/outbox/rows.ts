import type { DatabaseSync } from 'node:sqlite'
import { type Quality, quality } from './clock.ts'

/** A row of the table. */
export interface StoredRow {
  seq: number
  /** ms since the epoch; 0 while `waiting` */
  time: number
  quality: Quality
  /** The run of the machine in which it was taken. */
  boot: number
  /** ms since the machine started */
  uptime: number
  /** JSON */
  readings: string
}

/** Maximum number of rows in quarantine. */
const maxQuarantined = 500

/** The outbox's SQL. Transactions are the caller's. */
export type OutboxRows = ReturnType<typeof openRows>

export function openRows(database: DatabaseSync) {
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)')
  const after = database.prepare('SELECT * FROM rows WHERE seq > ? ORDER BY seq LIMIT ?')
  const within = database.prepare(`SELECT time FROM rows WHERE time >= ? AND time < ? AND quality <> ${quality.waiting}`)
  const saveCursor = database.prepare('UPDATE state SET cursor = ?')
  const number = (sql: string, ...values: number[]) => {
    const [found] = Object.values(database.prepare(sql).get(...values) ?? {})
    return typeof found === 'number' ? found : null
  }
  const list = (sql: string, ...values: (number | string)[]) => database.prepare(sql).all(...values) as unknown as StoredRow[]

  return {
    state: () =>
      database.prepare('SELECT epoch, cursor, high, dropped FROM state').get() as {
        epoch: string
        cursor: number
        high: number
        dropped: number
      },
    insert: ({ seq, time, quality: rowQuality, boot, uptime, readings }: StoredRow) =>
      void insert.run(seq, time, rowQuality, boot, uptime, readings),
    after: (seq: number, limit: number) => after.all(seq, limit) as unknown as StoredRow[],
    waiting: (boot: number) => list(`SELECT * FROM rows WHERE quality = ${quality.waiting} AND boot = ? ORDER BY seq`, boot),
    /** Other runs of the machine with waiting rows, in order. */
    waitingBoots: (except: number) =>
      list(`SELECT boot FROM rows WHERE quality = ${quality.waiting} AND boot <> ? GROUP BY boot ORDER BY min(seq)`, except).map(
        ({ boot }) => boot,
      ),
    setTime: (seq: number, time: number, rowQuality: Quality) =>
      void database.prepare('UPDATE rows SET time = ?, quality = ? WHERE seq = ?').run(time, rowQuality, seq),
    count: () => number('SELECT count(*) FROM rows') ?? 0,
    /** @param from not included @param to included */
    countWithin: (from: number, to: number) => number('SELECT count(*) FROM rows WHERE seq > ? AND seq <= ?', from, to) ?? 0,
    lowest: () => number('SELECT min(seq) FROM rows'),
    highest: () => number('SELECT max(seq) FROM rows'),
    firstWaiting: () => number(`SELECT min(seq) FROM rows WHERE quality = ${quality.waiting}`),
    newestTime: () => number(`SELECT max(time) FROM rows WHERE quality <> ${quality.waiting}`) ?? 0,
    /** The newest reliable time: trusted, or guessed in another run of the machine than `boot`. */
    newestKnown: (boot: number) =>
      number('SELECT max(time) FROM rows WHERE quality = ? OR (quality = ? AND boot <> ?)', quality.trusted, quality.guessed, boot) ?? 0,
    /** The time at uptime 0 of the newest row that was trusted in this run of the machine. */
    trustedOrigin: (boot: number) =>
      number(`SELECT time - uptime FROM rows WHERE quality = ${quality.trusted} AND boot = ? ORDER BY seq DESC LIMIT 1`, boot),
    /** All times from `from` on and before `to`. */
    timesWithin: (from: number, to: number) => within.all(from, to).map(({ time }) => time as number),
    saveCursor: (seq: number) => void saveCursor.run(seq),
    addDropped: (count: number) => void database.prepare('UPDATE state SET dropped = dropped + ?').run(count),
    /** Numbers up to `seq` are never used again, even if their rows are deleted. */
    saveHighest: (seq: number) => void database.prepare('UPDATE state SET high = ?').run(seq),
    /** @returns number of rows moved to quarantine (0 or 1), and number of older rows deleted from it */
    quarantine(epoch: string, seq: number): { moved: number; lost: number } {
      database.prepare('INSERT INTO quarantine SELECT ?, seq, time, readings FROM rows WHERE seq = ?').run(epoch, seq)
      const lost = database
        .prepare('DELETE FROM quarantine WHERE rowid <= (SELECT max(rowid) FROM quarantine) - ?')
        .run(maxQuarantined).changes
      return { moved: Number(database.prepare('DELETE FROM rows WHERE seq = ?').run(seq).changes), lost: Number(lost) }
    },
    /** Numbers all rows from 1 on and resets the cursor. */
    renumber(epoch: string): void {
      database.exec(`
        CREATE TEMP TABLE renumbered AS SELECT row_number() OVER (ORDER BY seq), time, quality, boot, uptime, readings FROM rows;
        DELETE FROM rows;
        INSERT INTO rows SELECT * FROM renumbered;
        DROP TABLE renumbered;`)
      database.prepare('UPDATE state SET epoch = ?, cursor = 0, high = 0').run(epoch)
    },
  }
}

/** @returns null for a row that the SD card has corrupted without SQLite noticing */
export function valuesOf(readings: string): Readonly<Record<string, number>> | null {
  try {
    return JSON.parse(readings)
  } catch {
    return null
  }
}
