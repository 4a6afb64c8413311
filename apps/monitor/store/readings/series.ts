import { PayloadError } from '@hearthwatch/protocol'
import type { Database } from 'better-sqlite3'
import { createAdmission } from './admission.ts'
import type { SeriesName } from './series-name.ts'

export type { SeriesName } from './series-name.ts'

/** Filter of series; an unset field matches all. */
export interface SeriesFilter {
  room?: string | undefined
  quantity?: string | undefined
  device?: string | undefined
}

/** A cached series. Times in ms. */
export interface Entry {
  readonly id: number
  /** Time of its last reading. */
  last: number
  /** Readings older than this have been deleted; 0: none. */
  readonly deletedBefore: number
  /** The last readings without a time of their own that have no free ms between them. */
  plain?: { start: number; time: number }
}

export interface SeriesRow extends SeriesName {
  readonly id: number
  /** Readings older than this (ms) have been deleted; 0: none. */
  readonly deletedBefore: number
  /** Its rollups are complete up to here (ms, the start of an hour); never before `deletedBefore`. */
  readonly rolledUpTo: number
  /** When a person forgot its room, ms; null: it is shown. */
  readonly forgotten: number | null
}

export type AllSeries = ReturnType<typeof storeSeries>

/** The series, by name and by id. */
export function storeSeries(db: Database, now: () => number = Date.now) {
  const find = db
    .prepare<[string, string, string | null], number>('SELECT id FROM series WHERE room = ? AND quantity = ? AND device IS ?')
    .pluck()
  const deletedBeforeOf = db.prepare<[number], number>('SELECT ifnull(swept, 0) FROM series WHERE id = ?').pluck()
  const show = db.prepare<[number]>('UPDATE series SET forgotten = NULL WHERE id = ? AND forgotten IS NOT NULL')
  const insert = db.prepare<[string, string, string | null]>('INSERT INTO series (room, quantity, device) VALUES (?, ?, ?)')
  const lastTime = db
    .prepare<[{ id: number }], number>(`
      SELECT max(ifnull((SELECT max(time) FROM reading WHERE series = :id), 0),
        ifnull((SELECT last FROM block WHERE series = :id ORDER BY first DESC LIMIT 1), 0))`)
    .pluck()
  const ofDevice = db.prepare<[string, string], number>('SELECT id FROM series WHERE quantity = ? AND device = ?').pluck()
  const list = db.prepare<[{ room: string | null; quantity: string | null; device: string | null }], SeriesRow>(`
    SELECT id, room, quantity, device, ifnull(swept, 0) AS deletedBefore, ifnull(rolled, ${Number.MAX_SAFE_INTEGER}) AS rolledUpTo, forgotten FROM series
    WHERE (:room IS NULL OR room = :room) AND (:quantity IS NULL OR quantity = :quantity) AND (:device IS NULL OR device = :device)
    ORDER BY room, quantity, device`)

  const after = db.prepare<[number], SeriesName & { id: number }>(
    'SELECT id, room, quantity, device FROM series WHERE id > ? ORDER BY id LIMIT 1',
  )

  /** Cache of used series. Only this process writes, so it is valid until a rollback. */
  const known = new Map<string, Entry>()
  const keyOf = ({ room, quantity, device }: SeriesName) => `${room}\0${quantity}\0${device ?? ''}`

  const shown = () => list.all({ room: null, quantity: null, device: null }).filter((series) => series.forgotten === null)
  const admission = createAdmission(shown, now)

  function create(name: SeriesName): number {
    const refusal = admission.series(name)
    if (refusal) throw new PayloadError(refusal, 'this sender has the most that are allowed')
    return Number(insert.run(name.room, name.quantity, name.device).lastInsertRowid)
  }

  return {
    /**
     * The series of this name; created if it does not exist.
     * @throws PayloadError if its sender has too many rooms or series
     */
    entry(name: SeriesName): Entry {
      const key = keyOf(name)
      let entry = known.get(key)
      if (entry === undefined) {
        const { room, quantity, device } = name
        const id = find.get(room, quantity, device) ?? create(name)
        show.run(id)
        const deletedBefore = deletedBeforeOf.get(id) ?? 0
        // Plain readings are never stored among deleted ones.
        entry = { id, last: Math.max(lastTime.get({ id }) ?? 0, deletedBefore - 1), deletedBefore }
        known.set(key, entry)
      }
      return entry
    },

    idOf: ({ room, quantity, device }: SeriesName) => find.get(room, quantity, device),
    isKnown: (name: SeriesName) => known.has(keyOf(name)) || find.get(name.room, name.quantity, name.device) !== undefined,

    after: (id: number) => after.get(id),

    /** The series of a device and a quantity, in all rooms. */
    ofDevice: (quantity: string, device: string) => ofDevice.all(quantity, device),

    list: ({ room = null, quantity = null, device = null }: { [key in keyof SeriesFilter]: string | null | undefined }): SeriesRow[] =>
      list.all({ room, quantity, device }),

    admission,

    /** After a rollback or a deletion of readings: clears the cache. */
    forget: () => known.clear(),
  }
}
