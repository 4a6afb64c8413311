import type { Database } from 'better-sqlite3'

/** What one device measures of one quantity in one room; `device` is null where nobody knows which. */
export interface SeriesName {
  room: string
  quantity: string
  device: string | null
}

/** Which series; all where nothing is said. */
export interface SeriesFilter {
  room?: string | undefined
  quantity?: string | undefined
  device?: string | undefined
}

/** A series as it is remembered. Times in ms. */
export interface Entry {
  readonly id: number
  /** Of its last reading. */
  last: number
  /** Readings older than this have been deleted; 0: none. */
  readonly swept: number
}

export interface SeriesRow extends SeriesName {
  readonly id: number
  /** Readings older than this (ms) have been deleted; 0: none. */
  readonly swept: number
  /** Up to here its rollups are complete (ms, the start of an hour); never before `swept`. */
  readonly rolled: number
}

export type AllSeries = ReturnType<typeof storeSeries>

/** The series, by name and by id. */
export function storeSeries(db: Database) {
  const find = db
    .prepare<[string, string, string | null], number>('SELECT id FROM series WHERE room = ? AND quantity = ? AND device IS ?')
    .pluck()
  const sweptOf = db.prepare<[number], number>('SELECT ifnull(swept, 0) FROM series WHERE id = ?').pluck()
  const insert = db.prepare<[string, string, string | null]>('INSERT INTO series (room, quantity, device) VALUES (?, ?, ?)')
  const lastTime = db
    .prepare<[{ id: number }], number>(`
      SELECT max(ifnull((SELECT max(time) FROM reading WHERE series = :id), 0),
        ifnull((SELECT last FROM block WHERE series = :id ORDER BY first DESC LIMIT 1), 0))`)
    .pluck()
  const ofDevice = db.prepare<[string, string], number>('SELECT id FROM series WHERE quantity = ? AND device = ?').pluck()
  const list = db.prepare<[{ room: string | null; quantity: string | null; device: string | null }], SeriesRow>(`
    SELECT id, room, quantity, device, ifnull(swept, 0) AS swept, ifnull(rolled, ${Number.MAX_SAFE_INTEGER}) AS rolled FROM series
    WHERE (:room IS NULL OR room = :room) AND (:quantity IS NULL OR quantity = :quantity) AND (:device IS NULL OR device = :device)
    ORDER BY room, quantity, device`)

  /** Those in use; only this process writes, so they hold until a rollback. */
  const known = new Map<string, Entry>()
  const keyOf = ({ room, quantity, device }: SeriesName) => `${room}\0${quantity}\0${device ?? ''}`

  return {
    /** The series of this name; a new one where there is none. */
    entry(name: SeriesName): Entry {
      const key = keyOf(name)
      let entry = known.get(key)
      if (entry === undefined) {
        const { room, quantity, device } = name
        const id = find.get(room, quantity, device) ?? Number(insert.run(room, quantity, device).lastInsertRowid)
        const swept = sweptOf.get(id) ?? 0
        // What has been deleted was there: nothing new is put among it.
        entry = { id, last: Math.max(lastTime.get({ id }) ?? 0, swept - 1), swept }
        known.set(key, entry)
      }
      return entry
    },

    idOf: ({ room, quantity, device }: SeriesName) => find.get(room, quantity, device),
    isKnown: (name: SeriesName) => known.has(keyOf(name)) || find.get(name.room, name.quantity, name.device) !== undefined,

    /** What a device measures of a quantity, in whatever rooms it stood. */
    ofDevice: (quantity: string, device: string) => ofDevice.all(quantity, device),

    list: ({ room = null, quantity = null, device = null }: { [key in keyof SeriesFilter]: string | null | undefined }): SeriesRow[] =>
      list.all({ room, quantity, device }),

    /** After a rollback, or when readings have been deleted: what was remembered may not be so. */
    forget: () => known.clear(),
  }
}
