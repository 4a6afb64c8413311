import type { Batch, Row } from './batch.ts'

/** The receiver's state: how far one epoch of a device's outbox was received. The sender's `cursor` follows `kept`. */
export interface Progress {
  /** Every number up to this one is stored, refused or in a gap; 0: none yet. */
  kept: number
  /** True once a row of this epoch was received. Numbers missing before the first row are history, not a gap. */
  begun: boolean
  /** The `from` of the batch that was last answered by a rewind; null: none. May be forgotten on a restart. */
  asked: number | null
}

/** Numbers whose rows are lost, both ends included. */
export interface Gap {
  from: number
  to: number
}

export type Verdict =
  /** Store these rows and gaps, then acknowledge up to `progress.kept`. */
  | { kind: 'store'; rows: readonly Row[]; gaps: readonly Gap[] }
  /** Store nothing. Acknowledging `progress.kept` makes the sender go back to it. */
  | { kind: 'rewind' }
  /** Numbers were used twice, because an SD card was restored or copied. The sender begins a new epoch. */
  | { kind: 'fork' }

export const noProgress: Progress = { kept: 0, begun: false, asked: null }

/**
 * Judges one batch.
 * @param isRepeat true if a row whose number was received before is the same row
 * @returns the progress after it and the verdict, to be written in one transaction
 */
export function judgeBatch(progress: Progress, batch: Batch, isRepeat: (row: Row) => boolean): [Progress, Verdict] {
  const { kept } = progress
  if (batch.from > kept + 1 && !isLost(progress, batch)) return [{ ...progress, asked: batch.from }, { kind: 'rewind' }]
  if (batch.rows.some((row) => row.seq <= kept && !isRepeat(row))) return [progress, { kind: 'fork' }]
  const rows = batch.rows.filter((row) => row.seq > kept)
  const gaps: Gap[] = []
  let next = kept + 1
  let begun = progress.begun
  for (const { seq } of [...rows, { seq: batch.to + 1 }]) {
    if (seq > next && begun) gaps.push({ from: next, to: seq - 1 })
    begun ||= seq <= batch.to
    next = Math.max(next, seq + 1)
  }
  return [
    { kept: Math.max(kept, batch.to), begun, asked: null },
    { kind: 'store', rows, gaps },
  ]
}

/**
 * True if the sender no longer has the rows between `kept` and the batch. A sender that states its oldest row is
 * believed. Any other is believed when it sends the same batch again after a rewind.
 */
function isLost({ asked }: Progress, { from, oldest }: Batch): boolean {
  return oldest === undefined ? asked === from : oldest >= from
}
