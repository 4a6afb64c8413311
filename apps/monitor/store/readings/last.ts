import type { Database } from 'better-sqlite3'
import type { Taken } from './slices.ts'

/** Reads the last reading of a series that is not after `upTo` (ms), from rows and blocks. */
export function readLast(db: Database): (id: number, upTo: number) => Taken | undefined {
  const inRows = db.prepare<[number, number], Taken>(
    'SELECT time, value FROM reading WHERE series = ? AND time <= ? ORDER BY time DESC LIMIT 1',
  )
  const archived = db.prepare<[number, number], Taken>(
    'SELECT last AS time, value FROM block WHERE series = ? AND last <= ? ORDER BY first DESC LIMIT 1',
  )
  return (id, upTo) => {
    const [row, block] = [inRows.get(id, upTo), archived.get(id, upTo)]
    return row === undefined || (block !== undefined && block.time > row.time) ? block : row
  }
}
