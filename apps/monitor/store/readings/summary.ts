import type { Database } from 'better-sqlite3'
import { type Archive, lowerBound } from './archive.ts'
import { count, emptyTally, join, type Tally } from './rollups.ts'
import type { AllSeries } from './series.ts'

/** Statistics of one quantity of one room. */
export interface Figures {
  room: string
  quantity: string
  min: number
  mean: number
  max: number
  count: number
  /** The last value and its time. */
  last: number
  time: number
}

interface Found extends Tally {
  last: number
  time: number
}

/** Lowest, mean, highest and last value of each quantity of each room in a span (ms; `from` inclusive, `to` exclusive). */
export function readSummary(db: Database, archive: Archive, series: AllSeries) {
  const inRows = db.prepare<[number, number, number], Tally & { time: number | null }>(`
    SELECT count(*) AS count, sum(value) AS sum, min(value) AS min, max(value) AS max, max(time) AS time FROM reading
    WHERE series = ? AND time >= ? AND time < ?`)
  const valueAt = db.prepare<[number, number], number>('SELECT value FROM reading WHERE series = ? AND time = ?').pluck()

  function addRows(found: Found, id: number, from: number, to: number): void {
    const { time, ...tally } = inRows.get(id, from, to) ?? { ...emptyTally(), time: null }
    if (time === null) return
    join(found, tally)
    if (time >= found.time) Object.assign(found, { time, last: valueAt.get(id, time) })
  }

  function addArchived(found: Found, id: number, from: number, to: number): void {
    for (const block of archive.within(id, from, to)) {
      const { times, values } = archive.open(block) ?? { times: new Float64Array(), values: new Float64Array() }
      const end = lowerBound(times, to)
      for (let i = lowerBound(times, from); i < end; i += 1) count(found, values[i] ?? 0)
      const time = times[end - 1] ?? 0
      if (time >= from && time >= found.time) Object.assign(found, { time, last: values[end - 1] })
    }
  }

  return (from: number, to: number): Figures[] => {
    const all = new Map<string, { room: string; quantity: string; found: Found }>()
    for (const { id, room, quantity, forgotten } of series.list({})) {
      if (forgotten !== null) continue
      const name = `${room}\0${quantity}`
      const { found } = all.get(name) ?? { found: { ...emptyTally(), last: 0, time: 0 } }
      all.set(name, { room, quantity, found })
      addRows(found, id, from, to)
      addArchived(found, id, from, to)
    }
    return [...all.values()].flatMap(({ room, quantity, found: { sum, ...found } }) =>
      found.count === 0 ? [] : [{ room, quantity, ...found, mean: Math.min(found.max, Math.max(found.min, sum / found.count)) }],
    )
  }
}
