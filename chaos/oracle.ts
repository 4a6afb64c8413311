import type { Key } from './rows.ts'

/** Comparison of the stored readings of a room with the readings taken there. */
export interface Comparison {
  taken: number
  stored: number
  /** Readings that were taken, but are not stored. */
  missing: Key[]
  /** Number of readings that are not stored because the test destroyed their disk. */
  destroyed: number
  /** Readings that are stored more than once. */
  double: Key[]
  /** Stored readings that were never taken, such as another value at the time of a reading. */
  altered: Key[]
  /** Readings that are stored in another order than taken. */
  outOfOrder: Key[]
  /** Number of readings stored some ms later, because another reading has the same time (after a clock was set back). */
  moved: number
}

/** Largest distance in ms by which a reading may be moved to a free time. */
const mostMoved = 50

/**
 * Compares sets, counts, values and order.
 * @param taken readings as logged after each commit of the outbox
 * @param stored readings in the order of their times
 * @param destroyed readings that may be missing
 */
export function compare(taken: readonly Key[], stored: readonly Key[], destroyed: ReadonlySet<Key>): Comparison {
  const expected = countOf(taken)
  const found = countOf(stored)
  const double: Key[] = []
  const unexplained = new Set<Key>()
  for (const [key, count] of found) {
    const due = expected.get(key) ?? 0
    if (due === 0) unexplained.add(key)
    // A sensor whose outbox was rolled back may take the same value at the same time again; it may be stored once.
    else if (count > due) double.push(key)
  }
  const readingsAt = countByTime(taken)
  const missing: Key[] = []
  let lost = 0
  let moved = 0
  for (const key of expected.keys()) {
    if (found.has(key)) continue
    const destination = destinationOf(key, unexplained, readingsAt)
    if (destination !== undefined) {
      unexplained.delete(destination)
      moved += 1
    } else if (destroyed.has(key)) lost += 1
    else missing.push(key)
  }
  return {
    taken: expected.size,
    stored: stored.length,
    missing,
    destroyed: lost,
    double,
    altered: [...unexplained],
    outOfOrder: disorder(taken, stored),
    moved,
  }
}

/** The key under which a reading is stored that was moved, because another reading has its time; undefined if there is none. */
function destinationOf(key: Key, among: ReadonlySet<Key>, times: ReadonlyMap<string, number>): Key | undefined {
  const { quantity, time, value } = partsOf(key)
  if ((times.get(`${quantity} ${time}`) ?? 0) < 2) return undefined
  for (let later = time + 1; later <= time + mostMoved; later++) {
    const candidate = `${quantity} ${later} ${value}`
    if (among.has(candidate)) return candidate
  }
  return undefined
}

/** Taken readings that are stored after a later reading of the same quantity. */
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

/** Number of different readings by quantity and time. */
function countByTime(keys: readonly Key[]): Map<string, number> {
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
