const span = 10 * 60_000

export interface UniqueTimes {
  /** The wanted time, or the first free one after it; ms. It is taken from now on. */
  take(wanted: number): number
  /** What was taken may not have been kept. */
  forget(): void
}

/**
 * Gives out times that no other row has. Where the clock only goes forward that costs nothing; where it was put back
 * the times that are taken ahead of it are looked up, some minutes at once.
 * @param newest the highest time that is taken, ms
 * @param takenWithin the times that are taken from `from` on and before `to`
 */
export function createUniqueTimes(newest: number, takenWithin: (from: number, to: number) => Iterable<number>): UniqueTimes {
  let highest = newest
  let taken = new Set<number>()
  let from = 0
  let to = 0
  return {
    take(wanted) {
      let time = wanted
      while (time <= highest) {
        if (time < from || time >= to) {
          from = time
          to = time + span
          taken = new Set(takenWithin(from, to))
        }
        if (!taken.has(time)) break
        time += 1
      }
      if (time >= from && time < to) taken.add(time)
      highest = Math.max(highest, time)
      return time
    },
    forget() {
      to = from
    },
  }
}
