import type { Database } from 'better-sqlite3'
import { type Archive, lowerBound } from './archive.ts'
import { type Bucket, count, emptyTally, fiveMinutes, oneHour, type Rollups, type Tally } from './rollups.ts'
import type { SeriesRow } from './series.ts'

/** Readings of one series that lie side by side and count as one. */
export interface Piece extends Tally {
  /** ms, not before the span that was asked for */
  start: number
  width: number
}

/**
 * The readings of one series in a span, as pieces in the order of time. Narrow pieces are made of readings, those of five minutes
 * and hours are rollups. A piece at the edge of the span counts only readings within the span. If these have been deleted, it
 * counts the five minutes at the edge.
 */
export function readPieces(db: Database, archive: Archive, rollups: Rollups) {
  // A number of more than 32 bits is bound as REAL, which would not be an integer division.
  const [width, origin] = ['CAST(:width AS INTEGER)', 'CAST(:origin AS INTEGER)']
  const buckets = db
    .prepare<[{ series: number; from: number; to: number; width: number; origin: number }], Bucket>(`
      SELECT (time - ${origin}) / ${width} * ${width} + ${origin} AS start, count(*), sum(value), min(value), max(value)
      FROM reading WHERE series = :series AND time >= :from AND time < :to GROUP BY start ORDER BY start`)
    .raw()

  function ofReadings(series: number, from: number, to: number, width: number, origin: number): Piece[] {
    if (from >= to) return []
    const rows = buckets.all({ series, from, to, width, origin }).map((bucket) => pieceOf(bucket, width, from))
    const blocks = archive.within(series, from, to)
    if (blocks.length === 0) return rows
    const found = new Map(rows.map((piece) => [piece.start, piece]))
    for (const block of blocks) {
      const { times, values } = archive.open(block) ?? { times: new Float64Array(), values: new Float64Array() }
      const end = lowerBound(times, to)
      for (let i = lowerBound(times, from); i < end; i += 1) {
        const start = Math.max(from, down((times[i] ?? 0) - origin, width) + origin)
        const piece = found.get(start) ?? { start, width, ...emptyTally() }
        count(piece, values[i] ?? 0)
        found.set(start, piece)
      }
    }
    return [...found.values()].sort((a, b) => a.start - b.start)
  }

  /** Whole five minutes or hours. */
  const ofRollups = (kind: 'short' | 'long', series: number, from: number, to: number): Piece[] =>
    from >= to ? [] : rollups[kind](series, from, to).map((bucket) => pieceOf(bucket, kind === 'short' ? fiveMinutes : oneHour, from))

  /** A part of five minutes: its readings, or the whole of them if they have been deleted. */
  function ofPart({ id, deletedBefore }: SeriesRow, from: number, to: number): Piece[] {
    if (from >= to) return []
    if (from >= deletedBefore) return ofReadings(id, from, to, fiveMinutes, 0)
    const start = down(from, fiveMinutes)
    return rollups.short(id, start, start + fiveMinutes).map((bucket) => pieceOf(bucket, fiveMinutes, from))
  }

  function ofSpan(series: SeriesRow, from: number, to: number, widest: number): Piece[] {
    const { id } = series
    const [firstShort, endShort] = [up(from, fiveMinutes), down(to, fiveMinutes)]
    if (firstShort > endShort) return ofPart(series, from, to)
    const [firstLong, endLong] = [up(from, oneHour), down(to, oneHour)]
    const whole =
      widest < oneHour || firstLong >= endLong
        ? ofRollups('short', id, firstShort, endShort)
        : [
            ...ofRollups('short', id, firstShort, firstLong),
            ...ofRollups('long', id, firstLong, endLong),
            ...ofRollups('short', id, endLong, endShort),
          ]
    return [...ofPart(series, from, firstShort), ...whole, ...ofPart(series, endShort, to)]
  }

  /**
   * @param widest ms; a piece is no wider
   * @param origin start of the first piece, ms, if pieces are narrower than five minutes
   */
  return (series: SeriesRow, from: number, to: number, widest: number, origin: number): Piece[] => {
    if (widest < fiveMinutes && series.deletedBefore <= from) return ofReadings(series.id, from, to, widest, origin)
    // While rollups are rebuilt, readings replace the missing ones.
    const end = Math.min(to, Math.max(from, series.rolledUpTo))
    return [...(from < end ? ofSpan(series, from, end, widest) : []), ...ofReadings(series.id, end, to, fiveMinutes, 0)]
  }
}

function pieceOf([start, count, sum, min, max]: Bucket, width: number, from: number): Piece {
  return { start: Math.max(start, from), width, count, sum, min, max }
}

export const down = (time: number, width: number) => Math.floor(time / width) * width
export const up = (time: number, width: number) => Math.ceil(time / width) * width
