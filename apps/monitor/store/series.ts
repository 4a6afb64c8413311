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

/** A series as it is remembered: the time of its last reading beside its id. */
export interface Entry {
  readonly id: number
  last: number
}

export interface SeriesRow extends SeriesName {
  readonly id: number
  /** Readings older than this (ms) have been deleted; 0: none. */
  readonly swept: number
  /** Whether its rollups are complete. */
  readonly isRolled: boolean
}

type Row = Omit<SeriesRow, 'isRolled'> & { isRolled: number }

export type AllSeries = ReturnType<typeof storeSeries>

/** The series, by name and by id. */
export function storeSeries(db: Database) {
  const find = db
    .prepare<[string, string, string | null], number>('SELECT id FROM series WHERE room = ? AND quantity = ? AND device IS ?')
    .pluck()
  const insert = db.prepare<[string, string, string | null]>('INSERT INTO series (room, quantity, device) VALUES (?, ?, ?)')
  const lastTime = db
    .prepare<[{ id: number }], number>(`
      SELECT max(ifnull((SELECT max(time) FROM reading WHERE series = :id), 0),
        ifnull((SELECT last FROM block WHERE series = :id ORDER BY first DESC LIMIT 1), 0))`)
    .pluck()
  const ofDevice = db.prepare<[string, string], number>('SELECT id FROM series WHERE quantity = ? AND device = ?').pluck()
  const list = db.prepare<[{ room: string | null; quantity: string | null; device: string | null }], Row>(`
    SELECT id, room, quantity, device, ifnull(swept, 0) AS swept, rolled IS NULL AS isRolled FROM series
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
        entry = { id, last: lastTime.get({ id }) ?? 0 }
        known.set(key, entry)
      }
      return entry
    },

    idOf: ({ room, quantity, device }: SeriesName) => find.get(room, quantity, device),
    isKnown: (name: SeriesName) => known.has(keyOf(name)) || find.get(name.room, name.quantity, name.device) !== undefined,

    /** What a device measures of a quantity, in whatever rooms it stood. */
    ofDevice: (quantity: string, device: string) => ofDevice.all(quantity, device),

    list: ({ room = null, quantity = null, device = null }: { [key in keyof SeriesFilter]: string | null | undefined }): SeriesRow[] =>
      list.all({ room, quantity, device }).map((row) => ({ ...row, isRolled: row.isRolled === 1 })),

    /** After a rollback: what was remembered may never have been written. */
    forget: () => known.clear(),
  }
}
