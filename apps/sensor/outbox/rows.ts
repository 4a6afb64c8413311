import type { DatabaseSync } from 'node:sqlite'
import { type Quality, quality } from './clock.ts'

/** A row as it lies in the table. */
export interface StoredRow {
  seq: number
  /** ms since the epoch; 0 while it is `held` */
  time: number
  quality: Quality
  /** The run of the machine in which it was taken, and how long that had lasted, ms. */
  boot: number
  uptime: number
  /** JSON */
  readings: string
}

/** Rows that are kept although the monitor does not take them. */
const mostAway = 500

/** What the outbox asks its tables. Nothing here is a transaction: that is the caller's. */
export type OutboxRows = ReturnType<typeof openRows>

export function openRows(database: DatabaseSync) {
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)')
  const after = database.prepare('SELECT * FROM rows WHERE seq > ? ORDER BY seq LIMIT ?')
  const within = database.prepare(`SELECT time FROM rows WHERE time >= ? AND time < ? AND quality <> ${quality.held}`)
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
    insert: ({ seq, time, quality: worth, boot, uptime, readings }: StoredRow) => void insert.run(seq, time, worth, boot, uptime, readings),
    after: (seq: number, most: number) => after.all(seq, most) as unknown as StoredRow[],
    held: (boot: number) => list(`SELECT * FROM rows WHERE quality = ${quality.held} AND boot = ? ORDER BY seq`, boot),
    /** Other runs of the machine of which rows wait for a time, in order. */
    heldBoots: (except: number) =>
      list(`SELECT boot FROM rows WHERE quality = ${quality.held} AND boot <> ? GROUP BY boot ORDER BY min(seq)`, except).map(
        ({ boot }) => boot,
      ),
    setTime: (seq: number, time: number, worth: Quality) =>
      void database.prepare('UPDATE rows SET time = ?, quality = ? WHERE seq = ?').run(time, worth, seq),
    count: () => number('SELECT count(*) FROM rows') ?? 0,
    /** @param from not included @param to included */
    countWithin: (from: number, to: number) => number('SELECT count(*) FROM rows WHERE seq > ? AND seq <= ?', from, to) ?? 0,
    lowest: () => number('SELECT min(seq) FROM rows'),
    highest: () => number('SELECT max(seq) FROM rows'),
    firstHeld: () => number(`SELECT min(seq) FROM rows WHERE quality = ${quality.held}`),
    newestTime: () => number(`SELECT max(time) FROM rows WHERE quality <> ${quality.held}`) ?? 0,
    /** The newest time that is a measure for others: an untrusted clock may have said anything. @param boot whose guesses do not count */
    newestKnown: (boot: number) =>
      number('SELECT max(time) FROM rows WHERE quality = ? OR (quality = ? AND boot <> ?)', quality.trusted, quality.guessed, boot) ?? 0,
    /** The time at uptime 0 of the newest row that was trusted in this run of the machine. */
    trustedOrigin: (boot: number) =>
      number(`SELECT time - uptime FROM rows WHERE quality = ${quality.trusted} AND boot = ? ORDER BY seq DESC LIMIT 1`, boot),
    /** The times that are taken from `from` on and before `to`. */
    timesWithin: (from: number, to: number) => within.all(from, to).map(({ time }) => time as number),
    saveCursor: (seq: number) => void saveCursor.run(seq),
    addDropped: (many: number) => void database.prepare('UPDATE state SET dropped = dropped + ?').run(many),
    /** The numbers of what is removed are never used again. */
    saveHighest: (seq: number) => void database.prepare('UPDATE state SET high = ?').run(seq),
    /** @returns how many rows were put away, one or none, and how many older ones are gone for it */
    putAway(epoch: string, seq: number): { away: number; lost: number } {
      database.prepare('INSERT INTO quarantine SELECT ?, seq, time, readings FROM rows WHERE seq = ?').run(epoch, seq)
      const lost = database.prepare('DELETE FROM quarantine WHERE rowid <= (SELECT max(rowid) FROM quarantine) - ?').run(mostAway).changes
      return { away: Number(database.prepare('DELETE FROM rows WHERE seq = ?').run(seq).changes), lost: Number(lost) }
    },
    /** Numbers all rows from 1 on, none of them acknowledged. */
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

/** @returns null for what the card has spoilt where no check looks */
export function valuesOf(readings: string): Readonly<Record<string, number>> | null {
  try {
    return JSON.parse(readings)
  } catch {
    return null
  }
}
