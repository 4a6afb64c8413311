import { minute, second } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'
import { type Archive, lowerBound } from './archive.ts'
import { fiveMinutes, join, oneHour, type Rollups, type Tally } from './rollups.ts'
import type { SeriesRow } from './series.ts'
import type { Slices } from './slices.ts'

/** Bucket's start, lowest, mean and highest value, number of readings. */
export type Point = [time: number, min: number, mean: number, max: number, count: number]

const day = 24 * oneHour
/** Widths of buckets that are readable on an axis. ms */
const widths = [1, 2, 5, 10, 15, 30]
  .flatMap((n) => [n * second, n * minute])
  .concat([oneHour, 2 * oneHour, 3 * oneHour, 6 * oneHour, 12 * oneHour, day, 7 * day, 30 * day, 365 * day])
widths.sort((a, b) => a - b)

/** A query: times in ms, `from` inclusive, `to` exclusive. */
interface Asked {
  from: number
  to: number
  /** Width of the buckets; a single bucket may have any width and start. */
  width: number
  origin: number
}

/**
 * Readings of a span as points: few readings one by one, many as buckets. Narrow buckets are computed from readings, those
 * of five minutes or more from rollups. A bucket at the edge of the span counts only readings within the span. If these
 * have been deleted, it counts the five-minute rollups at the edge.
 */
export function readRange(db: Database, archive: Archive, rollups: Rollups, slices: Slices) {
  const countRows = db
    .prepare<[number, number, number, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM reading WHERE series = ? AND time >= ? AND time < ? LIMIT ?)',
    )
    .pluck()
  // A number of more than 32 bits is bound as REAL, which would not be an integer division.
  const [width, origin] = ['CAST(:width AS INTEGER)', 'CAST(:origin AS INTEGER)']
  const buckets = db
    .prepare<[Asked & { series: number }], [start: number, count: number, sum: number, min: number, max: number]>(`
      SELECT (time - ${origin}) / ${width} * ${width} + ${origin} AS start, count(*), sum(value), min(value), max(value)
      FROM reading WHERE series = :series AND time >= :from AND time < :to GROUP BY start`)
    .raw()

  /** Number of readings of these series in a span, counted up to `limit`. */
  function countUpTo(all: readonly SeriesRow[], from: number, to: number, limit: number): number {
    let found = 0
    for (const { id } of all) {
      found += countRows.get(id, from, to, limit - found) ?? 0
      if (found >= limit) return limit
      for (const block of archive.within(id, from, to)) {
        const times = block.first >= from && block.last < to ? null : archive.open(block)?.times
        found += times ? lowerBound(times, to) - lowerBound(times, from) : times === null ? block.count : 0
        if (found >= limit) return limit
      }
    }
    return found
  }

  /** Adds the readings of a span to the buckets. */
  function addReadings(found: Map<number, Tally>, series: number, asked: Asked): void {
    for (const [start, count, sum, min, max] of buckets.all({ ...asked, series })) add(found, start, { count, sum, min, max })
    for (const block of archive.within(series, asked.from, asked.to)) {
      const columnBlock = archive.open(block)
      if (columnBlock === null) continue
      const end = lowerBound(columnBlock.times, asked.to)
      for (let i = lowerBound(columnBlock.times, asked.from); i < end; i += 1) {
        const value = columnBlock.values[i] ?? 0
        add(found, startOf(columnBlock.times[i] ?? 0, asked), { count: 1, sum: value, min: value, max: value })
      }
    }
  }

  /** Adds whole five minutes or hours that begin within a span. */
  function addRollups(found: Map<number, Tally>, kind: 'short' | 'long', series: number, from: number, to: number, asked: Asked): void {
    if (from >= to) return
    // A single bucket takes all of them.
    const width = asked.origin === 0 ? asked.width : Number.MAX_SAFE_INTEGER
    for (const [start, count, sum, min, max] of rollups.select(kind, series, from, to, width))
      add(found, Math.max(start, asked.origin), { count, sum, min, max })
  }

  /** Adds a part of a five-minute bucket: its readings, or the whole bucket if they have been deleted. */
  function addPartialBucket(found: Map<number, Tally>, { id, deletedBefore }: SeriesRow, from: number, to: number, asked: Asked): void {
    if (from >= to) return
    if (from >= deletedBefore) return addReadings(found, id, { ...asked, from, to })
    const bucket = down(from, fiveMinutes)
    for (const [, count, sum, min, max] of rollups.select('short', id, bucket, bucket + fiveMinutes, fiveMinutes))
      add(found, asked.origin === 0 ? down(bucket, asked.width) : asked.origin, { count, sum, min, max })
  }

  function addSeries(found: Map<number, Tally>, series: SeriesRow, asked: Asked): void {
    const { from, to } = asked
    if (asked.width < fiveMinutes && series.deletedBefore <= from) return addReadings(found, series.id, asked)
    // While rollups are rebuilt, readings replace the missing ones.
    if (from < series.rolledUpTo) addFromRollups(found, series, { ...asked, to: Math.min(to, series.rolledUpTo) })
    if (to > series.rolledUpTo) addReadings(found, series.id, { ...asked, from: Math.max(from, series.rolledUpTo) })
  }

  function addFromRollups(found: Map<number, Tally>, series: SeriesRow, asked: Asked): void {
    const { from, to } = asked
    const { id } = series
    const [firstShort, endShort] = [up(from, fiveMinutes), down(to, fiveMinutes)]
    if (firstShort > endShort) return addPartialBucket(found, series, from, to, asked)
    addPartialBucket(found, series, from, firstShort, asked)
    const [firstLong, endLong] = [up(from, oneHour), down(to, oneHour)]
    if (asked.width < oneHour || firstLong >= endLong) addRollups(found, 'short', id, firstShort, endShort, asked)
    else {
      addRollups(found, 'short', id, firstShort, firstLong, asked)
      addRollups(found, 'long', id, firstLong, endLong, asked)
      addRollups(found, 'short', id, endLong, endShort, asked)
    }
    addPartialBucket(found, series, endShort, to, asked)
  }

  return (all: readonly SeriesRow[], from: number, to: number, points: number): { resolution: number; points: Point[] } => {
    const isWhole = all.every(({ deletedBefore }) => deletedBefore <= from)
    if (isWhole && countUpTo(all, from, to, points + 1) <= points) return { resolution: 0, points: onePointEach(all, from, to) }
    const width = widthFor(from, to, points, isWhole ? 0 : fiveMinutes)
    const asked = { from, to, width, origin: points === 1 ? from : 0 }
    const found = new Map<number, Tally>()
    for (const series of all) addSeries(found, series, asked)
    return { resolution: width, points: [...found].sort(([a], [b]) => a - b).map(pointOf) }
  }

  function onePointEach(all: readonly SeriesRow[], from: number, to: number): Point[] {
    const found = all.flatMap(({ id }) => [...slices.each(id, from, to)])
    return found.sort((a, b) => a.time - b.time).map(({ time, value }) => [time, value, value, value, 1])
  }
}

/** The narrowest width of at least `least` ms with at most `points` buckets. */
function widthFor(from: number, to: number, points: number, least: number): number {
  // Buckets start at multiples of their width; a single one starts with the span.
  if (points === 1) return to - from
  const fits = (width: number) => width >= least && Math.ceil(to / width) - Math.floor(from / width) <= points
  return widths.find(fits) ?? up((to - from) / (points - 1), oneHour)
}

function add(found: Map<number, Tally>, start: number, tally: Tally): void {
  const there = found.get(start)
  if (there === undefined) found.set(start, { ...tally })
  else join(there, tally)
}

/** The mean is limited to min and max, because the sum of very large numbers is inexact. */
function pointOf([start, { count, sum, min, max }]: [number, Tally]): Point {
  return [start, min, Math.min(max, Math.max(min, sum / count)), max, count]
}

const startOf = (time: number, { width, origin }: Asked) => down(time - origin, width) + origin
const down = (time: number, width: number) => Math.floor(time / width) * width
const up = (time: number, width: number) => Math.ceil(time / width) * width
