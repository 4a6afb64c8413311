import type { Batch, Row } from './batch.ts'

/** How far the record of one device has been kept. */
export interface Progress {
  /** Every number up to this one is stored, refused or a known hole; 0: nothing yet. */
  kept: number
  /** Whether any row of this epoch was ever received: what is missing before the first one is history, not a hole. */
  begun: boolean
  /** The `from` of a batch that we have asked to rewind from; null: none. Need not be remembered. */
  asked: number | null
}

/** Numbers that nobody holds any more, both ends included. */
export interface Hole {
  from: number
  to: number
}

export type Verdict =
  /** Keep these rows, note these holes, then acknowledge up to `progress.kept`. */
  | { kind: 'keep'; rows: readonly Row[]; holes: readonly Hole[] }
  /** Keep nothing; the acknowledgement of what is kept asks the device to go back to it. */
  | { kind: 'rewind' }
  /** Numbers were used twice: a card was rolled back or cloned. The device begins a new epoch. */
  | { kind: 'fork' }

export const unknown: Progress = { kept: 0, begun: false, asked: null }

/**
 * Judges one batch.
 * @param explains whether a row with a number that has been kept before is the very row that was kept
 * @returns the progress after it and what to do; both are to be written in one transaction
 */
export function judgeBatch(progress: Progress, batch: Batch, explains: (row: Row) => boolean): [Progress, Verdict] {
  const { kept } = progress
  if (batch.from > kept + 1 && !isGone(progress, batch)) return [{ ...progress, asked: batch.from }, { kind: 'rewind' }]
  if (batch.rows.some((row) => row.seq <= kept && !explains(row))) return [progress, { kind: 'fork' }]
  const rows = batch.rows.filter((row) => row.seq > kept)
  const holes: Hole[] = []
  let next = kept + 1
  let begun = progress.begun
  for (const { seq } of [...rows, { seq: batch.to + 1 }]) {
    if (seq > next && begun) holes.push({ from: next, to: seq - 1 })
    begun ||= seq <= batch.to
    next = Math.max(next, seq + 1)
  }
  return [
    { kept: Math.max(kept, batch.to), begun, asked: null },
    { kind: 'keep', rows, holes },
  ]
}

/**
 * Whether the device has lost what lies before the batch. Who says what it still holds is believed; of others we
 * believe it when they do not go back although they were asked to.
 */
function isGone({ asked }: Progress, { from, oldest }: Batch): boolean {
  return oldest === undefined ? asked === from : oldest >= from
}
