import type { Database } from 'better-sqlite3'
import { type Archive, type Block, lowerBound } from './archive.ts'

/** A reading of a known series. */
export interface Taken {
  time: number
  value: number
}

/** Most readings of one slice, which takes some ms. */
const most = 2000

export type Slices = ReturnType<typeof readSlices>

/** Reads readings in the order of their times, archived or not, in slices, so that other work can run between two slices. */
export function readSlices(db: Database, archive: Archive) {
  const rows = db.prepare<[number, number, number, number], Taken>(
    'SELECT time, value FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time LIMIT ?',
  )

  function nextBlock(series: number, at: number): Block | undefined {
    const block = archive.upTo(series, at)
    return block !== undefined && block.last >= at ? block : archive.after(series, at)
  }

  // One transaction, because another process may read while the monitor archives.
  const read = db.transaction((series: number, at: number, to: number): { readings: Taken[]; next: number } => {
    const block = nextBlock(series, at)
    const readings = rows.all(series, at, block === undefined ? to : Math.min(to, block.last + 1), most)
    let next = readings.length === most ? (readings.at(-1)?.time ?? to) + 1 : block === undefined ? to : Math.min(to, block.last + 1)
    const columnBlock = block !== undefined && block.first < next ? archive.open(block) : null
    if (columnBlock === null) return { readings, next }
    const start = lowerBound(columnBlock.times, at)
    next = Math.min(next, columnBlock.times[start + most] ?? next)
    const end = lowerBound(columnBlock.times, next)
    const archived = Array.from({ length: end - start }, (_, i) => ({
      time: columnBlock.times[start + i] ?? 0,
      value: columnBlock.values[start + i] ?? 0,
    }))
    return { readings: inOrder(readings, archived, next), next }
  })

  return {
    /** The next readings of a series from `at` on, before `to`, and the time to continue from; at least `to` if all were read. */
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

function inOrder(rows: Taken[], archived: Taken[], before: number): Taken[] {
  const early = rows.filter(({ time }) => time < before)
  return early.length === 0 ? archived : [...early, ...archived].sort((a, b) => a.time - b.time)
}
