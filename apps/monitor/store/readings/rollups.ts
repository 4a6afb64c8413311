import { Mean, weigh } from '@hearthwatch/api/mean'
import { minute } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'

/** Widths of the buckets, ms. */
export const fiveMinutes = 5 * minute
export const oneHour = 60 * minute

/** Aggregate of some readings. */
export interface Tally {
  count: number
  /** `count` times the mean, limited to the largest finite number. */
  sum: number
  min: number
  max: number
}

type Row = [series: number, bucket: number, count: number, sum: number, min: number, max: number]
export type Bucket = [start: number, count: number, sum: number, min: number, max: number]

export type Rollups = ReturnType<typeof storeRollups>

/**
 * Aggregates of each five minutes and each hour, by series. They are collected in memory within a transaction and written
 * at its end, one row per bucket. In five minutes each reading counts alike; an hour is made of its five minutes, weighed by time.
 */
export function storeRollups(db: Database) {
  const addToShort = db.prepare<Row>(`
    INSERT INTO rollup_5m VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count,
      sum = max(-${Number.MAX_VALUE}, min(${Number.MAX_VALUE}, sum + excluded.sum)),
      min = min(min, excluded.min), max = max(max, excluded.max)`)
  const writeLong = db.prepare<Row>('INSERT OR REPLACE INTO rollup_1h VALUES (?, ?, ?, ?, ?, ?)')
  const remove = (table: string) =>
    db.prepare<[number, number, number]>(`DELETE FROM ${table} WHERE series = ? AND bucket >= ? AND bucket < ?`)
  const select = (table: string) =>
    db
      .prepare<[number, number, number], Bucket>(
        `SELECT bucket, count, sum, min, max FROM ${table} WHERE series = ? AND bucket >= ? AND bucket < ? ORDER BY bucket`,
      )
      .raw()
  const short = { remove: remove('rollup_5m'), select: select('rollup_5m') }
  const long = { remove: remove('rollup_1h'), select: select('rollup_1h') }

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
        const hours = new Set<number>()
        for (const [bucket, { count, sum, min, max }] of buckets) {
          addToShort.run(series, bucket, count, sum, min, max)
          hours.add(bucket - (bucket % oneHour))
        }
        for (const hour of hours) {
          const { count, sum, min, max } = inTime(short.select.all(series, hour, hour + oneHour))
          writeLong.run(series, hour, count, sum, min, max)
        }
      }
      forget()
    },

    /** After a rollback: nothing of it was stored. */
    forget,

    /** Throws away the buckets of a span, whose ends are those of hours: they are counted anew. */
    clear(series: number, from: number, to: number): void {
      short.remove.run(series, from, to)
      long.remove.run(series, from, to)
    },

    /** The five minutes that begin within a span, in order. */
    short: (series: number, from: number, to: number): Bucket[] => short.select.all(series, from, to),

    /** The hours that begin within a span, in order. */
    long: (series: number, from: number, to: number): Bucket[] => long.select.all(series, from, to),
  }
}

/** Buckets of five minutes as one. */
function inTime(buckets: readonly Bucket[]): Tally {
  const weights = weigh(
    buckets.map(([start]) => start),
    () => fiveMinutes,
  )
  const mean = new Mean()
  const tally = emptyTally()
  for (const [i, [, count, sum, min, max]] of buckets.entries()) {
    join(tally, { count, sum: 0, min, max })
    mean.add(sum / count, weights[i] ?? 1)
  }
  return { ...tally, sum: finite(mean.value * tally.count) }
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
