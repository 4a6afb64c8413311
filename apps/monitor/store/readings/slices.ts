import type { Database } from 'better-sqlite3'
import { type Archive, type Block, place } from './archive.ts'

/** A reading of a series that is known. */
export interface Taken {
  time: number
  value: number
}

/** Readings in one slice: some ms of work. */
const most = 2000

export type Slices = ReturnType<typeof readSlices>

/** Readings in the order of their times, folded or not. A slice at a time, so that others can go first between two, and write. */
export function readSlices(db: Database, archive: Archive) {
  const rows = db.prepare<[number, number, number, number], Taken>(
    'SELECT time, value FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time LIMIT ?',
  )

  function nextBlock(series: number, at: number): Block | undefined {
    const block = archive.upTo(series, at)
    return block !== undefined && block.last >= at ? block : archive.after(series, at)
  }

  // One transaction: another process may read while the monitor folds.
  const read = db.transaction((series: number, at: number, to: number): { readings: Taken[]; next: number } => {
    const block = nextBlock(series, at)
    const readings = rows.all(series, at, block === undefined ? to : Math.min(to, block.last + 1), most)
    let next = readings.length === most ? (readings.at(-1)?.time ?? to) + 1 : block === undefined ? to : Math.min(to, block.last + 1)
    const stretch = block !== undefined && block.first < next ? archive.open(block) : null
    if (stretch === null) return { readings, next }
    const start = place(stretch.times, at)
    next = Math.min(next, stretch.times[start + most] ?? next)
    const end = place(stretch.times, next)
    const folded = Array.from({ length: end - start }, (_, i) => ({
      time: stretch.times[start + i] ?? 0,
      value: stretch.values[start + i] ?? 0,
    }))
    return { readings: inOrder(readings, folded, next), next }
  })

  return {
    /** The next readings of a series from `at` on, before `to`, and where to go on: not before `to` when all were read. */
    read,

    /** All of them. */
    *each(series: number, from: number, to: number): Generator<Taken> {
      for (let at = from; at < to; ) {
        const { readings, next } = read(series, at, to)
        yield* readings
        at = next
      }
    },
  }
}

function inOrder(rows: Taken[], folded: Taken[], before: number): Taken[] {
  const early = rows.filter(({ time }) => time < before)
  return early.length === 0 ? folded : [...early, ...folded].sort((a, b) => a.time - b.time)
}
