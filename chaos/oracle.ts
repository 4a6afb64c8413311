import type { Key } from './rows.ts'

/** How what is stored of one room compares with what was taken there. */
export interface Comparison {
  taken: number
  stored: number
  /** Taken, and not stored. */
  missing: Key[]
  /** Lost with a disk that the test destroyed: taken, not stored, and nobody could. */
  destroyed: number
  /** Stored more than once. */
  double: Key[]
  /** Stored under the time of a reading, with another value; or a reading that nobody took. */
  altered: Key[]
  /** Readings whose neighbours in time are stored the other way round. */
  outOfOrder: Key[]
  /** Stored some ms later than taken, because another reading had that very time (after a clock was put back). */
  moved: number
}

/** How far (ms) a reading may give way to another one that has its time already. */
const mostMoved = 50

/**
 * Compares sets, counts, values and order.
 * @param taken as written down after each commit of the outbox
 * @param stored by time
 * @param destroyed may be missing
 */
export function compare(taken: readonly Key[], stored: readonly Key[], destroyed: ReadonlySet<Key>): Comparison {
  const wanted = countOf(taken)
  const there = countOf(stored)
  const double: Key[] = []
  const strange: Key[] = []
  for (const [key, count] of there) {
    const due = wanted.get(key) ?? 0
    if (due === 0) strange.push(key)
    // The same value at the same time twice is one reading by the rules, and was taken by an outbox that had forgotten the first.
    else if (count > due) double.push(key)
  }
  const taut = takenTimes(taken)
  const missing: Key[] = []
  let lost = 0
  let moved = 0
  const unexplained = new Set(strange)
  for (const key of wanted.keys()) {
    if (there.has(key)) continue
    const elsewhere = destination(key, unexplained, taut)
    if (elsewhere !== undefined) {
      unexplained.delete(elsewhere)
      moved += 1
    } else if (destroyed.has(key)) lost += 1
    else missing.push(key)
  }
  return {
    taken: wanted.size,
    stored: stored.length,
    missing,
    destroyed: lost,
    double,
    altered: [...unexplained],
    outOfOrder: disorder(taken, stored),
    moved,
  }
}

/** Whether a reading that is not there under its own time stands a little later, because its time was taken. */
function destination(key: Key, among: ReadonlySet<Key>, times: ReadonlyMap<string, number>): Key | undefined {
  const { quantity, time, value } = partsOf(key)
  if ((times.get(`${quantity} ${time}`) ?? 0) < 2) return undefined
  for (let later = time + 1; later <= time + mostMoved; later++) {
    const candidate = `${quantity} ${later} ${value}`
    if (among.has(candidate)) return candidate
  }
  return undefined
}

/** Of each quantity the stored times must go up, as they do among what was taken. */
function disorder(taken: readonly Key[], stored: readonly Key[]): Key[] {
  const known = new Set(taken)
  const last = new Map<string, number>()
  return stored.filter((key) => {
    const { quantity, time } = partsOf(key)
    const before = last.get(quantity) ?? 0
    last.set(quantity, time)
    return known.has(key) && time <= before
  })
}

function countOf(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function takenTimes(keys: readonly Key[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const key of new Set(keys)) {
    const { quantity, time } = partsOf(key)
    times.set(`${quantity} ${time}`, (times.get(`${quantity} ${time}`) ?? 0) + 1)
  }
  return times
}

function partsOf(key: Key): { quantity: string; time: number; value: string } {
  const [quantity = '', time = '', value = ''] = key.split(' ')
  return { quantity, time: Number(time), value }
}
