import { minute } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'

/** Widths of the buckets, ms. */
export const fiveMinutes = 5 * minute
export const oneHour = 60 * minute

/** Aggregate of some readings. */
export interface Tally {
  count: number
  /** Limited to the largest finite number. */
  sum: number
  min: number
  max: number
}

type Row = [series: number, bucket: number, count: number, sum: number, min: number, max: number]
export type Bucket = [start: number, count: number, sum: number, min: number, max: number]

export type Rollups = ReturnType<typeof storeRollups>

/**
 * Aggregates of each five minutes and each hour, by series. They are collected in memory within a transaction and written
 * at its end, one row per bucket.
 */
export function storeRollups(db: Database) {
  const upsert = (table: string) =>
    db.prepare<Row>(`
      INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count,
        sum = max(-${Number.MAX_VALUE}, min(${Number.MAX_VALUE}, sum + excluded.sum)),
        min = min(min, excluded.min), max = max(max, excluded.max)`)
  const remove = (table: string) =>
    db.prepare<[number, number, number]>(`DELETE FROM ${table} WHERE series = ? AND bucket >= ? AND bucket < ?`)
  // A number of more than 32 bits is bound as REAL, which would not be an integer division.
  const select = (table: string) =>
    db
      .prepare<[{ series: number; from: number; to: number; width: number }], Bucket>(`
      SELECT bucket / CAST(:width AS INTEGER) * CAST(:width AS INTEGER) AS start, sum(count), sum(sum), min(min), max(max)
      FROM ${table} WHERE series = :series AND bucket >= :from AND bucket < :to GROUP BY start ORDER BY start`)
      .raw()
  const tables = {
    short: { upsert: upsert('rollup_5m'), remove: remove('rollup_5m'), select: select('rollup_5m') },
    long: { upsert: upsert('rollup_1h'), remove: remove('rollup_1h'), select: select('rollup_1h') },
  }

  /** Unwritten aggregates, by series and start of the five minutes. */
  const waiting = new Map<number, Map<number, Tally>>()
  /** The last used bucket, because consecutive readings usually share it. */
  let last = { series: 0, bucket: 0, tally: emptyTally() }

  function forget(): void {
    waiting.clear()
    last = { series: 0, bucket: 0, tally: emptyTally() }
  }

  return {
    /** Counts a new reading, within its transaction. */
    add(series: number, time: number, value: number): void {
      const bucket = time - (time % fiveMinutes)
      if (last.series !== series || last.bucket !== bucket) {
        const buckets = waiting.get(series) ?? new Map<number, Tally>()
        const tally = buckets.get(bucket) ?? emptyTally()
        waiting.set(series, buckets.set(bucket, tally))
        last = { series, bucket, tally }
      }
      count(last.tally, value)
    },

    /** Writes the collected aggregates; the last step of a transaction. */
    flush(): void {
      if (waiting.size === 0) return
      for (const [series, buckets] of waiting) {
        const hours = new Map<number, Tally>()
        for (const [bucket, tally] of buckets) {
          tables.short.upsert.run(series, bucket, tally.count, tally.sum, tally.min, tally.max)
          const hour = bucket - (bucket % oneHour)
          const there = hours.get(hour)
          if (there === undefined) hours.set(hour, { ...tally })
          else join(there, tally)
        }
        for (const [hour, tally] of hours) tables.long.upsert.run(series, hour, tally.count, tally.sum, tally.min, tally.max)
      }
      forget()
    },

    /** After a rollback: nothing of it was stored. */
    forget,

    /** Throws away the buckets of a span, whose ends are those of hours: they are counted anew. */
    clear(series: number, from: number, to: number): void {
      tables.short.remove.run(series, from, to)
      tables.long.remove.run(series, from, to)
    },

    /** The buckets that begin within a span, gathered into ones of `width` ms: a multiple of their own. */
    select: (kind: 'short' | 'long', series: number, from: number, to: number, width: number): Bucket[] =>
      tables[kind].select.all({ series, from, to, width }),
  }
}

export function emptyTally(): Tally {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
}

export function count(tally: Tally, value: number): void {
  tally.count += 1
  tally.sum = finite(tally.sum + value)
  if (value < tally.min) tally.min = value
  if (value > tally.max) tally.max = value
}

export function join(tally: Tally, other: Tally): void {
  tally.count += other.count
  tally.sum = finite(tally.sum + other.sum)
  tally.min = Math.min(tally.min, other.min)
  tally.max = Math.max(tally.max, other.max)
}

function finite(sum: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum))
}
