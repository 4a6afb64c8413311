import { minute, second } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'
import { type Aggregate, addPieces, meanOf } from './aggregate.ts'
import { type Archive, lowerBound } from './archive.ts'
import { type readPieces, up } from './pieces.ts'
import { fiveMinutes, oneHour } from './rollups.ts'
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

/**
 * Readings of a span as points: few readings one by one, many as buckets. The mean of a bucket is weighed by time, and each
 * device weighs as long as it measured.
 */
export function readRange(db: Database, archive: Archive, slices: Slices, piecesOf: ReturnType<typeof readPieces>) {
  const countRows = db
    .prepare<[number, number, number, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM reading WHERE series = ? AND time >= ? AND time < ? LIMIT ?)',
    )
    .pluck()

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

  return (all: readonly SeriesRow[], from: number, to: number, points: number): { resolution: number; points: Point[] } => {
    const isWhole = all.every(({ deletedBefore }) => deletedBefore <= from)
    if (isWhole && countUpTo(all, from, to, points + 1) <= points) return { resolution: 0, points: onePointEach(all, from, to) }
    const width = widthFor(from, to, points, isWhole ? 0 : fiveMinutes)
    const origin = points === 1 ? from : 0
    const found = new Map<number, Aggregate>()
    for (const series of all) addPieces(found, piecesOf(series, from, to, width, origin), width, origin)
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

function pointOf([start, found]: [number, Aggregate]): Point {
  return [start, found.min, meanOf(found), found.max, found.count]
}
