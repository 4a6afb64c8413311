import { weightsOf } from './aggregate.ts'
import type { readPieces } from './pieces.ts'
import { oneHour } from './rollups.ts'
import type { SeriesRow } from './series.ts'

/** Reads for how much of each span some series of a device had readings, from 0 to 1; null: before the first of them. */
export function readPresence(piecesOf: ReturnType<typeof readPieces>) {
  /**
   * @param all the series of one device
   * @param spans in order, without gaps, ms
   */
  return (all: readonly SeriesRow[], spans: readonly { from: number; to: number }[]): (number | null)[] => {
    const [from, to] = [spans[0]?.from ?? 0, spans.at(-1)?.to ?? 0]
    const shares: (number | null)[] = spans.map(() => null)
    for (const series of all) {
      const pieces = piecesOf(series, from, to, oneHour, 0)
      const first = pieces[0]?.start
      if (first === undefined) continue
      const weights = weightsOf(pieces)
      const covered = spans.map(() => 0)
      let at = 0
      for (const [i, { start }] of pieces.entries()) {
        while (start >= (spans[at]?.to ?? to)) at += 1
        covered[at] = (covered[at] ?? 0) + (weights[i] ?? 0)
      }
      for (const [i, span] of spans.entries()) {
        const begin = Math.max(first, span.from)
        if (begin >= span.to) continue
        // The series that was there most counts: one probe of several may have been unplugged.
        shares[i] = Math.max(shares[i] ?? 0, Math.min(1, (covered[i] ?? 0) / (span.to - begin)))
      }
    }
    return shares
  }
}
