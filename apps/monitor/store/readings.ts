import type { Database } from 'better-sqlite3'

/** What one device measures of one quantity in one room; `device` is null where nobody knows which. */
export interface SeriesName {
  room: string
  quantity: string
  device: string | null
}

export interface StoredReading extends SeriesName {
  time: number
  value: number
}

/** What may be asked of the stored readings; times in ms, `from` inclusive, `to` exclusive, every device of the room unless one is named. */
export interface Span {
  room: string
  quantity: string
  from: number
  to: number
  device?: string | undefined
}

/** Bucket's start, lowest, mean and highest value, number of readings. */
export type Point = [time: number, min: number, mean: number, max: number, count: number]

/** A series as it is remembered: the time of its last reading beside its id. */
interface Entry {
  id: number
  last: number
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
/** Widths of buckets that people can read off an axis. ms */
const widths = [1, 2, 5, 10, 15, 30]
  .flatMap((n) => [n * second, n * minute])
  .concat([hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 7 * day, 30 * day, 365 * day])
widths.sort((a, b) => a - b)

export type Readings = ReturnType<typeof storeReadings>

/** The readings, as `(series, time) → value`. */
export function storeReadings(db: Database) {
  const findSeries = db.prepare<[string, string, string | null], { id: number }>(
    'SELECT id FROM series WHERE room = ? AND quantity = ? AND device IS ?',
  )
  const newSeries = db.prepare<[string, string, string | null]>('INSERT INTO series (room, quantity, device) VALUES (?, ?, ?)')
  const lastTime = db.prepare<[number], number | null>('SELECT max(time) FROM reading WHERE series = ?').pluck()
  const insert = db.prepare<[number, number, number, number | null]>('INSERT INTO reading (series, time, value, late) VALUES (?, ?, ?, ?)')
  const insertUnsure = db.prepare<[number, number, number, number | null]>(
    'INSERT INTO reading (series, time, value, late, unsure) VALUES (?, ?, ?, ?, 1)',
  )
  const seriesOfDevice = db.prepare<[string, string], number>('SELECT id FROM series WHERE quantity = ? AND device = ?').pluck()
  const valueAt = db.prepare<[number, number], number>('SELECT value FROM reading WHERE series = ? AND time = ?').pluck()
  const latest = db.prepare<[], StoredReading>(`
    SELECT room, quantity, device, time, value FROM series
    JOIN reading ON series = id AND time = (SELECT max(time) FROM reading WHERE series = id)`)
  const within = `series IN (SELECT id FROM series WHERE room = :room AND quantity = :quantity AND (:device IS NULL OR device = :device))
    AND time >= :from AND time < :to`
  const countUpTo = db
    .prepare<[Span & { limit: number }], number>(`SELECT count(*) FROM (SELECT 1 FROM reading WHERE ${within} LIMIT :limit)`)
    .pluck()
  const raw = db.prepare<[Span], Point>(`SELECT time, value, value, value, 1 FROM reading WHERE ${within} ORDER BY time`).raw()
  // Whatever does not fit 32 bits is bound as a real number, and would be divided as one.
  const [width, origin] = ['CAST(:width AS INTEGER)', 'CAST(:origin AS INTEGER)']
  const buckets = db
    .prepare<[Span & { width: number; origin: number }], Point>(`
    SELECT (time - ${origin}) / ${width} * ${width} + ${origin} AS start, min(value), avg(value), max(value), count(*)
    FROM reading WHERE ${within} GROUP BY start ORDER BY start`)
    .raw()
  const perDay = db.prepare<
    [{ from: number; to: number }],
    { room: string; quantity: string; min: number; mean: number; max: number; count: number; last: number; time: number }
  >(`
    SELECT room, quantity, min(value) AS min, avg(value) AS mean, max(value) AS max, count(*) AS count, max(time) AS time,
      (SELECT value FROM series s CROSS JOIN reading r ON r.series = s.id AND r.time >= :from AND r.time < :to
        WHERE s.room = series.room AND s.quantity = series.quantity ORDER BY r.time DESC LIMIT 1) AS last
    FROM series CROSS JOIN reading ON series = id AND time >= :from AND time < :to GROUP BY room, quantity ORDER BY room, quantity`)
  const total = db.prepare<[], number>('SELECT count(*) FROM reading').pluck()
  // The table is clustered by series: asked for a time alone, SQLite would read all of it.
  const allSeries = db.prepare<[], number>('SELECT id FROM series').pluck()
  const countOf = db.prepare<[number], number>('SELECT count(*) FROM reading WHERE series = ?').pluck()
  const withOlder = db
    .prepare<[number], number>('SELECT id FROM series WHERE EXISTS (SELECT 1 FROM reading WHERE series = id AND time < ?)')
    .pluck()
  const removeOlder = db.prepare<[{ series: number; before: number; limit: number }]>(`
    DELETE FROM reading WHERE series = :series
      AND time IN (SELECT time FROM reading WHERE series = :series AND time < :before ORDER BY time LIMIT :limit)`)
  const deleteOlder = db.transaction((before: number, limit: number): number => {
    const found = withOlder.all(before)
    let left = limit
    for (const [i, series] of found.entries())
      left -= removeOlder.run({ series, before, limit: Math.ceil(left / (found.length - i)) }).changes
    return limit - left
  })

  const eachSeries = db.prepare<[], SeriesName>('SELECT room, quantity, device FROM series ORDER BY room, quantity, device')
  const slice = db.prepare<[number, number, number], { time: number; value: number }>(
    'SELECT time, value FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time LIMIT 1000',
  )

  /** Ids and last times of the series in use; only this process writes, so they hold until a rollback. */
  const known = new Map<string, Entry>()

  function series({ room, quantity, device }: SeriesName): Entry {
    const name = `${room}\0${quantity}\0${device ?? ''}`
    let entry = known.get(name)
    if (entry === undefined) {
      const id = findSeries.get(room, quantity, device)?.id ?? Number(newSeries.run(room, quantity, device).lastInsertRowid)
      entry = { id, last: lastTime.get(id) ?? 0 }
      known.set(name, entry)
    }
    return entry
  }

  function addTimed(entry: Entry, into: typeof insert, value: number, time: number, late: boolean): number | null {
    let free = time
    // Behind the last one nothing can stand.
    if (time <= entry.last) {
      for (let there = valueAt.get(entry.id, free); there !== undefined; there = valueAt.get(entry.id, free)) {
        if (there === value) return null
        free += 1
      }
    }
    into.run(entry.id, free, value, late ? 1 : null)
    entry.last = Math.max(entry.last, free)
    return free
  }

  return {
    /**
     * Stores a reading without a time of its own under its arrival, or 1 ms after the last one of its series where
     * that is later: two readings never share a time, and no plain number is ever taken for a repeat.
     * @returns the time that it got
     */
    addPlain(name: SeriesName, value: number, arrival: number, late: boolean): number {
      const entry = series(name)
      entry.last = Math.max(arrival, entry.last + 1)
      insert.run(entry.id, entry.last, value, late ? 1 : null)
      return entry.last
    },

    /**
     * Stores a reading under the time that its sender gave it. The same time with the same value is a repeat; with
     * another value it goes to the next free ms.
     * @returns the time that it got, or null for a repeat
     */
    addTimed: (name: SeriesName, value: number, time: number, late: boolean) => addTimed(series(name), insert, value, time, late),

    /**
     * The same for many readings of one series, within one transaction.
     * @param unsure nothing vouches for the sender's clock
     */
    series(name: SeriesName, unsure: boolean): (value: number, time: number, late: boolean) => number | null {
      // Looked up when the first one is good: a series without a reading is none.
      let entry: Entry | undefined
      return (value, time, late) => {
        entry ??= series(name)
        return addTimed(entry, unsure ? insertUnsure : insert, value, time, late)
      }
    },

    /** Whether this series has ever had a reading. */
    isKnown({ room, quantity, device }: SeriesName): boolean {
      return known.has(`${room}\0${quantity}\0${device ?? ''}`) || findSeries.get(room, quantity, device) !== undefined
    },

    /** Whether this device's reading is stored, in whatever room the device then stood. */
    has(device: string, quantity: string, time: number, value: number): boolean {
      return seriesOfDevice.all(quantity, device).some((series) => {
        let at = time
        for (let there = valueAt.get(series, at); there !== undefined; there = valueAt.get(series, at)) {
          if (there === value) return true
          at += 1
        }
        return false
      })
    },

    /** The name of every series that ever had a reading. */
    names: (): SeriesName[] => eachSeries.all(),

    /**
     * The readings of one series in the order of their times (ms; `from` inclusive, `to` exclusive), wherever they are
     * kept. Read a slice at a time: whoever takes them may let others go first between two, and write.
     */
    *each({ room, quantity, device }: SeriesName, from: number, to: number): Generator<{ time: number; value: number }> {
      const id = findSeries.get(room, quantity, device)?.id
      for (let at = from; id !== undefined && at < to; ) {
        const readings = slice.all(id, at, to)
        yield* readings
        at = (readings.at(-1)?.time ?? to) + 1
      }
    },

    /** The last reading of each series. */
    latest: () => latest.all(),

    /** Readings of a span as at most `points` points; `resolution` is the width of their buckets in ms, 0 = each reading. */
    range(span: Span, points: number): { resolution: number; points: Point[] } {
      const asked = { ...span, device: span.device ?? null } as unknown as Span
      if ((countUpTo.get({ ...asked, limit: points + 1 }) ?? 0) <= points) return { resolution: 0, points: raw.all(asked) }
      const fits = (width: number) => Math.ceil(span.to / width) - Math.floor(span.from / width) <= points
      // Buckets start at multiples of their width; one alone starts where the span does, or it would be two.
      const width = points === 1 ? span.to - span.from : (widths.find(fits) ?? Math.ceil((span.to - span.from) / (points - 1)))
      return { resolution: width, points: buckets.all({ ...asked, width, origin: points === 1 ? span.from : 0 }) }
    },

    /** Lowest, mean, highest and last value of each quantity of each room in a span. */
    summary: (from: number, to: number) => perDay.all({ from, to }),

    /**
     * Deletes at most `limit` readings older than `before` (ms), in one transaction: of each series its oldest.
     * @returns how many
     */
    deleteOlder,

    hasOlder: (before: number) => withOlder.get(before) !== undefined,

    /** How many readings each series has, one at a time: of millions it takes a while, and others may have to go first. */
    *countBySeries(): Generator<number> {
      for (const id of allSeries.all()) yield countOf.get(id) ?? 0
    },

    count: () => total.get() ?? 0,

    /** After a rollback: what was remembered may never have been written. */
    forget: () => known.clear(),
  }
}
