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

/** Runs are cached for so many series, and of each the last ones. */
const cachedSeries = 1000
const cachedRuns = 8

export type FreeTimes = ReturnType<typeof findFreeTimes>

/**
 * Finds the free time for a reading whose time has one already. A packet may have thousands of readings of one time, so
 * each costs a look into the cached run.
 */
export function findFreeTimes(db: Database, archive: Archive) {
  const rowsFrom = db.prepare<[number, number, number], { time: number; value: number }>(
    'SELECT time, value FROM reading WHERE series = ? AND time BETWEEN ? AND ?',
  )
  const runs = new Map<number, Run[]>()

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
    const known = runs.get(series) ?? []
    const found = known.find(({ from, to, full }) => from === time || (from < time && time < to && !full))
    if (found) {
      // The one that is about to grow comes first.
      if (found !== known[0]) runs.set(series, [found, ...known.filter((run) => run !== found)])
      return found
    }
    const run = read(series, time)
    if (run.to === time) return run
    if (runs.size >= cachedSeries) runs.clear()
    runs.set(series, [run, ...known.slice(0, cachedRuns - 1)])
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
      const known = runs.get(series)
      if (!known?.some(({ from, to }) => from <= time && time <= to)) return
      const [run] = known
      const isNextTaken = () => rowsFrom.get(series, time + 1, time + 1) !== undefined || archive.valueAt(series, time + 1) !== undefined
      // The usual case: the newest run grows. It may reach another one.
      if (run?.to === time && !run.full && !isNextTaken()) {
        run.times.set(value, time)
        run.to = time + 1
        if (known.length > 1) runs.set(series, [run, ...known.slice(1).filter(({ from, to }) => to < time || from > time + 1)])
      } else runs.delete(series)
    },

    /** After a rollback or a deletion: clears the cache. */
    forget: () => runs.clear(),
  }
}
