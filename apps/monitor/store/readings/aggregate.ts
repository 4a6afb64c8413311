import { Mean, weigh } from '@hearthwatch/api/mean'
import { down, type Piece } from './pieces.ts'

/** Readings of one or several series in one bucket. */
export interface Aggregate {
  count: number
  min: number
  max: number
  mean: Mean
}

/** The time for which each piece of one series counts, ms. */
export const weightsOf = (pieces: readonly Piece[]): number[] =>
  weigh(
    pieces.map(({ start }) => start),
    (i) => pieces[i]?.width ?? 0,
  )

/**
 * Adds the pieces of one series to the buckets of `width` ms, by their starts. Pieces are weighed by time, so each device weighs
 * as long as it measured.
 */
export function addPieces(found: Map<number, Aggregate>, pieces: readonly Piece[], width: number, origin: number): void {
  const weights = weightsOf(pieces)
  for (const [i, { start, count, sum, min, max }] of pieces.entries()) {
    const bucket = down(start - origin, width) + origin
    let there = found.get(bucket)
    if (there === undefined) {
      there = { count: 0, min, max, mean: new Mean() }
      found.set(bucket, there)
    }
    there.count += count
    there.min = Math.min(there.min, min)
    there.max = Math.max(there.max, max)
    there.mean.add(sum / count, weights[i] ?? 1)
  }
}

/** The mean by time, limited to min and max, because the sum of very large numbers is inexact. */
export const meanOf = ({ min, max, mean }: Aggregate): number => Math.min(max, Math.max(min, mean.value))
