import type { Database } from 'better-sqlite3'
import { type Aggregate, addPieces, meanOf } from './aggregate.ts'
import { type Archive, lowerBound } from './archive.ts'
import type { readPieces } from './pieces.ts'
import type { AllSeries } from './series.ts'
import type { Taken } from './slices.ts'

/** Statistics of one quantity of one room. */
export interface Figures {
  room: string
  quantity: string
  min: number
  /** Weighed by time. */
  mean: number
  max: number
  count: number
  /** The last value and its time. */
  last: number
  time: number
}

/** Lowest, mean, highest and last value of each quantity of each room in a span (ms; `from` inclusive, `to` exclusive). */
export function readSummary(db: Database, archive: Archive, series: AllSeries, piecesOf: ReturnType<typeof readPieces>) {
  const lastRow = db.prepare<[number, number, number], Taken>(
    'SELECT time, value FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time DESC LIMIT 1',
  )

  function lastArchived(id: number, from: number, to: number): Taken | undefined {
    for (const block of archive.within(id, from, to).reverse()) {
      const columnBlock = archive.open(block)
      if (columnBlock === null) continue
      const at = lowerBound(columnBlock.times, to) - 1
      const [time, value] = [columnBlock.times[at], columnBlock.values[at]]
      if (time !== undefined && value !== undefined && time >= from) return { time, value }
    }
    return undefined
  }

  return (from: number, to: number): Figures[] => {
    const all = new Map<string, { room: string; quantity: string; last: Taken; found: Map<number, Aggregate> }>()
    for (const its of series.list({})) {
      if (its.forgotten !== null) continue
      const lasts = [lastRow.get(its.id, from, to), lastArchived(its.id, from, to)].filter((last) => last !== undefined)
      const [last] = lasts.sort((a, b) => b.time - a.time)
      // The last reading has been deleted, or there was none.
      if (last === undefined) continue
      const { room, quantity } = its
      const name = `${room}\0${quantity}`
      const there = all.get(name) ?? { room, quantity, last, found: new Map() }
      if (last.time >= there.last.time) there.last = last
      addPieces(there.found, piecesOf(its, from, to, to - from, from), to - from, from)
      all.set(name, there)
    }
    return [...all.values()].flatMap(({ room, quantity, last, found }) =>
      [...found.values()].map((figures) => {
        const { min, max, count } = figures
        return { room, quantity, min, mean: meanOf(figures), max, count, last: last.value, time: last.time }
      }),
    )
  }
}
