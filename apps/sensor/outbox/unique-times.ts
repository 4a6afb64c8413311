import { minute } from '@hearthwatch/protocol/durations'

/** Taken times are read from the database for this length of time at once, ms. */
const window = 10 * minute

export type UniqueTimes = ReturnType<typeof createUniqueTimes>

/**
 * Assigns each row a time that no other row has. While the clock goes forward no lookup is needed. After the clock was
 * set back, taken times are looked up 10 minutes at a time.
 * @param newest the highest time that is taken, ms
 * @param takenWithin the times that are taken from `from` on and before `to`
 */
export function createUniqueTimes(newest: number, takenWithin: (from: number, to: number) => Iterable<number>) {
  let highest = newest
  let taken = new Set<number>()
  let from = 0
  let to = 0
  return {
    /** Takes the wanted time, or the first free one after it; ms. */
    take(wanted: number): number {
      let time = wanted
      while (time <= highest) {
        if (time < from || time >= to) {
          from = time
          to = time + window
          taken = new Set(takenWithin(from, to))
        }
        if (!taken.has(time)) break
        time += 1
      }
      if (time >= from && time < to) taken.add(time)
      highest = Math.max(highest, time)
      return time
    },
    /** Forgets the times taken since the last lookup, after a rollback. */
    reset(): void {
      to = from
    },
  }
}
