import { second } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'
import { type Block, storeArchive } from './archive.ts'
import { archiveReadings } from './archive-rows.ts'
import { forgetSeries } from './forgotten.ts'
import { findFreeTimes } from './free-time.ts'
import { readLast } from './last.ts'
import { readPieces } from './pieces.ts'
import { readPresence } from './presence.ts'
import { type Point, readRange } from './range.ts'
import { rebuildRollups } from './rebuild.ts'
import { removeReadings } from './retention.ts'
import { storeRollups } from './rollups.ts'
import { type Entry, type SeriesFilter, type SeriesName, storeSeries } from './series.ts'
import { readSlices, type Taken } from './slices.ts'
import { readSummary } from './summary.ts'

export type { Point } from './range.ts'
export type { SeriesFilter, SeriesName } from './series.ts'
export type { Taken } from './slices.ts'

export interface StoredReading extends SeriesName {
  time: number
  value: number
}

/** A query of stored readings; times in ms, `from` inclusive, `to` exclusive; all devices of the room unless one is named. */
export interface Span {
  room: string
  quantity: string
  from: number
  to: number
  device?: string | undefined
}

export type Readings = ReturnType<typeof storeReadings>

/**
 * The readings, as `(series, time) → value`: the last days as rows, older ones in archive blocks, and all of them in
 * rollups. docs/history.md describes how readings age.
 * @param onDamage called once for each block that cannot be read
 * @param onAdded called for each stored reading, within its transaction
 */
export function storeReadings(
  db: Database,
  onDamage: (block: Block, why: string) => void = () => {},
  onAdded: (series: number, time: number, value: number) => void = () => {},
) {
  const archive = storeArchive(db, onDamage)
  const series = storeSeries(db)
  const rollups = storeRollups(db)
  const freeTimes = findFreeTimes(db, archive)
  const slices = readSlices(db, archive)
  const piecesOf = readPieces(db, archive, rollups)
  const presenceOf = readPresence(piecesOf)
  const lastOf = readLast(db)
  const readPoints = readRange(db, archive, slices, piecesOf)

  const insert = db.prepare<[number, number, number, number | null]>('INSERT INTO reading (series, time, value, late) VALUES (?, ?, ?, ?)')
  const insertUnsure = db.prepare<[number, number, number, number | null]>(
    'INSERT INTO reading (series, time, value, late, unsure) VALUES (?, ?, ?, ?, 1)',
  )
  const isTaken = db.prepare<[number, number], 1>('SELECT 1 FROM reading WHERE series = ? AND time = ?').pluck()
  const countRows = db.prepare<[], number>('SELECT count(*) FROM reading').pluck()

  function forgetCaches(): void {
    series.forget()
    freeTimes.forget()
  }

  /** @param time a free one */
  function addRow(entry: Entry, into: typeof insert, value: number, time: number, late: boolean): void {
    into.run(entry.id, time, value, late ? 1 : null)
    // Among deleted readings a repeat cannot be recognised; it may already be in the rollups.
    if (time >= entry.deletedBefore) rollups.add(entry.id, time, value)
    freeTimes.added(entry.id, time, value)
    onAdded(entry.id, time, value)
    entry.last = Math.max(entry.last, time)
  }

  /** The first free ms after the readings of the second that begins at `from`. */
  function nextFree(entry: Entry, from: number): number {
    const { plain, last } = entry
    // In a burst each reading follows the one before it: nothing need be read.
    if (plain?.time === last && last >= from && plain.start <= from + second) return last + 1
    let time = from
    for (const near of slices.each(entry.id, from, from + second + 1)) time = near.time + 1
    while (isTaken.get(entry.id, time) !== undefined || archive.valueAt(entry.id, time) !== undefined) time += 1
    return time
  }

  function addTimed(entry: Entry, into: typeof insert, value: number, time: number, late: boolean): number | null {
    // A later time than the last one is always free.
    const free = time > entry.last ? time : freeTimes.find(entry.id, time, value)
    if (free === 'repeat') return null
    addRow(entry, into, value, free, late)
    return free
  }

  return {
    /**
     * Stores a reading without a time of its own under its arrival. If its series has readings within the second that
     * begins then, it follows the last of them at the next free ms. A reading further ahead has a wrong time and moves no other.
     * Two readings never share a time, and a plain number is never treated as a repeat.
     * @returns the stored time
     */
    addPlain(name: SeriesName, value: number, arrival: number, late: boolean): number {
      const entry = series.entry(name)
      const from = Math.max(arrival, entry.deletedBefore)
      const time = from > entry.last ? from : nextFree(entry, from)
      addRow(entry, insert, value, time, late)
      entry.plain = { start: entry.plain?.time === time - 1 ? entry.plain.start : time, time }
      return time
    },

    /**
     * Stores a reading under the time of its sender. The same time with the same value is a repeat; with another value it is
     * stored under the next free ms.
     * @returns the stored time, or null for a repeat
     * @throws PayloadError `same-time` if no free ms is near
     */
    addTimed: (name: SeriesName, value: number, time: number, late: boolean) => addTimed(series.entry(name), insert, value, time, late),

    /**
     * The same for many readings of one series, within one transaction.
     * @param unsure the sender's clock is not verified
     */
    series(name: SeriesName, unsure: boolean): (value: number, time: number, late: boolean) => number | null {
      // Created with the first reading, so that no series is empty.
      let entry: Entry | undefined
      return (value, time, late) => {
        entry ??= series.entry(name)
        return addTimed(entry, unsure ? insertUnsure : insert, value, time, late)
      }
    },

    /** Bounds on rooms and series. */
    admission: series.admission,

    /** True if this series has ever had a reading. */
    isKnown: series.isKnown,

    /** True if this device's reading is stored, in any room. */
    has: (device: string, quantity: string, time: number, value: number): boolean =>
      series.ofDevice(quantity, device).some((id) => freeTimes.isStored(id, time, value)),

    /** The series after this one, by id; undefined: there is none. */
    seriesAfter: series.after,

    /** The names of the series that ever had a reading. */
    names: (filter: SeriesFilter = {}): SeriesName[] =>
      series.list(filter).map(({ room, quantity, device }) => ({ room, quantity, device })),

    /**
     * The readings of one series in the order of their times (ms; `from` inclusive, `to` exclusive), from rows and blocks.
     * Read in slices, so that other work, including writes, can run between two readings.
     */
    *each(name: SeriesName, from: number, to: number): Generator<Taken> {
      const id = series.idOf(name)
      if (id !== undefined) yield* slices.each(id, from, to)
    },

    /**
     * The last reading of each series that is not forgotten. One with a time after `now` (ms) counts only if there is no other.
     * @param isWanted false for a series that is left out
     */
    latest: (now: number, isWanted: (name: SeriesName) => boolean = () => true): StoredReading[] =>
      series.list({}).flatMap(({ id, room, quantity, device, forgotten }) => {
        if (forgotten !== null || !isWanted({ room, quantity, device })) return []
        const last = lastOf(id, now) ?? lastOf(id, Number.MAX_SAFE_INTEGER)
        return last === undefined ? [] : [{ room, quantity, device, ...last }]
      }),

    /** Readings of a span as at most `points` points; `resolution` is the width of their buckets in ms, 0 = each reading. */
    range: ({ from, to, ...filter }: Span, points: number): { resolution: number; points: Point[] } =>
      readPoints(series.list(filter), from, to, points),

    /** For how much of each span a device had readings, from 0 to 1; null: before its first one. Spans in order, ms. */
    presence: (device: string, spans: readonly { from: number; to: number }[]) => presenceOf(series.list({ device }), spans),

    /** Lowest, mean, highest and last value of each quantity of each room in a span. */
    summary: readSummary(db, archive, series, piecesOf),

    ...removeReadings(db, archive, forgetCaches),

    ...forgetSeries(db, () => {
      forgetCaches()
      rollups.forget()
      archive.forget()
      series.admission.reload()
    }),

    /** Moves readings from the table into archive blocks. */
    archiving: archiveReadings(db, archive),

    /** Rebuilds the rollups. */
    rebuild: rebuildRollups(db, rollups, slices),

    /** Number of stored readings. Counts the rows of a week, so it takes some ms. */
    count: () => (countRows.get() ?? 0) + archive.count(),

    /** Number of blocks that could not be read since the start. */
    get damaged() {
      return archive.damaged
    },

    /** Writes the collected rollups; the last step of a transaction. */
    flush: rollups.flush,

    /** After a rollback: clears the caches. */
    forget(): void {
      series.forget()
      rollups.forget()
      archive.forget()
      freeTimes.forget()
    },
  }
}
