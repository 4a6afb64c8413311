import { PayloadError } from '@hearthwatch/protocol'
import type { Database } from 'better-sqlite3'
import type { Archive } from './archive.ts'

/**
 * A reading moves at most so far to a free time, in ms. Twenty readings a second by a clock of whole seconds need 20; a
 * clock that stands still would need ever more.
 */
export const furthestMove = 100

/** Readings without a free ms between them. */
interface Run {
  /** Time of the first one, ms. */
  from: number
  /** The first free time after them, ms; not known in a full run. */
  to: number
  /** Time of the last reading with this value, ms. */
  times: Map<number, number>
  full: boolean
}

/** Runs are cached for so many series. */
const cached = 1000

export type FreeTimes = ReturnType<typeof findFreeTimes>

/**
 * Finds the free time for a reading whose time has one already. A packet may have thousands of readings of one time, so
 * each costs a look into the cached run.
 */
export function findFreeTimes(db: Database, archive: Archive) {
  const rowsFrom = db.prepare<[number, number, number], { time: number; value: number }>(
    'SELECT time, value FROM reading WHERE series = ? AND time BETWEEN ? AND ?',
  )
  const runs = new Map<number, Run>()

  function read(series: number, from: number): Run {
    const rows = new Map(rowsFrom.all(series, from, from + furthestMove).map(({ time, value }) => [time, value]))
    const times = new Map<number, number>()
    for (let to = from; to <= from + furthestMove; to += 1) {
      const value = rows.get(to) ?? archive.valueAt(series, to)
      if (value === undefined) return { from, to, times, full: false }
      times.set(value, to)
    }
    return { from, to: from + furthestMove + 1, times, full: true }
  }

  function runAt(series: number, time: number): Run {
    const known = runs.get(series)
    if (known && (known.from === time || (known.from < time && time < known.to && !known.full))) return known
    const run = read(series, time)
    if (run.to === time) return run
    if (runs.size >= cached) runs.clear()
    runs.set(series, run)
    return run
  }

  return {
    /**
     * @returns `repeat` if a reading of this value has this time, or was moved from it
     * @throws PayloadError `same-time` if the time is taken, and no free one is near
     */
    find(series: number, time: number, value: number): number | 'repeat' {
      const { to, times, full } = runAt(series, time)
      if ((times.get(value) ?? Number.NEGATIVE_INFINITY) >= time) return 'repeat'
      if (full || to - time > furthestMove) throw new PayloadError('same-time', `${to - time} readings have this time already`)
      return to
    },

    /** True if a reading of this value has this time, or was moved from it. */
    isStored: (series: number, time: number, value: number): boolean =>
      (runAt(series, time).times.get(value) ?? Number.NEGATIVE_INFINITY) >= time,

    /** A reading was stored at a free time. */
    added(series: number, time: number, value: number): void {
      const run = runs.get(series)
      if (run === undefined || time < run.from || time > run.to) return
      run.times.set(value, time)
      run.to = time + 1
      // The run may have reached the next one.
      if (rowsFrom.get(series, run.to, run.to) !== undefined || archive.valueAt(series, run.to) !== undefined) runs.delete(series)
    },

    /** After a rollback or a deletion: clears the cache. */
    forget: () => runs.clear(),
  }
}
