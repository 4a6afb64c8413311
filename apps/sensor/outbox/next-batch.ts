import type { Row } from '@hearthwatch/protocol'
import { quality } from './clock.ts'
import { type OutboxRows, valuesOf } from './rows.ts'

/** The rows of one batch: all that the outbox still has from the cursor to the last of them. */
export interface NextBatch {
  rows: Row[]
  trusted: boolean
  /** The lowest number in the outbox. */
  oldest: number
}

/** Takes the next rows after `cursor`, all trusted or all untrusted. @param maxBytes of the rows' JSON @returns null if there are none */
export function nextBatch(rows: OutboxRows, cursor: number, maxRows: number, maxBytes: number): NextBatch | null {
  const taken: Row[] = []
  let trusted = true
  let left = maxBytes
  for (const { seq, time, quality: rowQuality, readings } of rows.after(cursor, maxRows)) {
    const isTrusted = rowQuality === quality.trusted
    left -= Buffer.byteLength(readings) + `[${seq},${time},],`.length
    if (rowQuality === quality.waiting || (taken.length > 0 && (left < 0 || isTrusted !== trusted))) break
    const values = valuesOf(readings)
    // A row that the card has corrupted becomes a gap. It must not block the rows behind it.
    if (values === null) continue
    trusted = isTrusted
    taken.push({ seq, time, values })
  }
  return taken.length > 0 ? { rows: taken, trusted, oldest: rows.lowest() ?? 1 } : null
}
