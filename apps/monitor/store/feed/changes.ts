import type { Database } from 'better-sqlite3'
import { reliable } from '../../rules/rhythm.ts'
import type { AlertRow } from '../alert-row.ts'
import type { SeriesName } from '../readings/series-name.ts'
import { type FedDevice, type FeedEntry, wholeTables } from './entry.ts'

const selectGap = 'SELECT device, epoch, first, last, ifnull(lost, last - first + 1) AS lost, noticed FROM gap'
const selectEpoch = 'SELECT device, epoch, kept, begun, heard, skew FROM epoch'
const selectDevice = 'SELECT key, room, info, described, standing, claims, beats, usual, signs FROM device'
/** Other columns change with each message. */
const fedColumns = ['room', 'info', 'described', 'standing', 'claims', 'beats', `signs >= ${reliable}`]

/**
 * The changes of the present transaction. Readings report themselves; of the other tables triggers of this connection note
 * what has changed.
 */
export function collectChanges(db: Database) {
  /** By series. */
  const readings = new Map<number, [time: number, value: number][]>()
  let statements: ReturnType<typeof prepare> | undefined

  function prepare() {
    db.exec(`
      CREATE TEMP TABLE fed_deleted (room TEXT, quantity TEXT, device TEXT);
      CREATE TEMP TABLE fed (kind TEXT, id, PRIMARY KEY (kind, id)) WITHOUT ROWID;
      CREATE TEMP TRIGGER feed_deleted AFTER DELETE ON main.series BEGIN INSERT INTO fed_deleted VALUES (old.room, old.quantity, old.device); END;
      ${trigger('alert', 'INSERT', 'new.id')} ${trigger('alert', 'UPDATE', 'new.id')} ${trigger('alert', 'DELETE', 'old.id', 'old.fired IS NULL')}
      ${trigger('gap', 'INSERT', 'new.id')} ${trigger('gap', 'UPDATE', 'new.id')}
      ${trigger('epoch', 'INSERT', 'json_array(new.device, new.epoch)')} ${trigger('epoch', 'UPDATE', 'json_array(new.device, new.epoch)')}
      ${trigger('device', 'INSERT', 'new.key')}
      ${trigger('device', 'UPDATE', 'new.key', fedColumns.map((column) => `(old.${column}) IS NOT (new.${column})`).join(' OR '))}
      ${trigger('device', 'DELETE', 'old.key')}
      ${wholeTables.flatMap((table) => ['INSERT', 'UPDATE', 'DELETE'].map((on) => trigger(table, on, "''"))).join('\n')}
    `)
    return {
      changed: db.prepare<[], { kind: string; id: string | number }>('SELECT kind, id FROM fed'),
      series: db.prepare<[number], SeriesName>('SELECT room, quantity, device FROM series WHERE id = ?'),
      deleted: db.prepare<[], SeriesName>('SELECT room, quantity, device FROM fed_deleted'),
      alert: db.prepare<[string | number], AlertRow>('SELECT * FROM alert WHERE id = ?'),
      gap: db.prepare<[string | number], FeedEntry['gaps'][number]>(`${selectGap} WHERE id = ?`),
      epoch: db.prepare<[string | number, string | number], FeedEntry['epochs'][number]>(
        `${selectEpoch} WHERE device = json_extract(?, '$[0]') AND epoch = json_extract(?, '$[1]')`,
      ),
      device: db.prepare<[string | number], FedDevice>(`${selectDevice} WHERE key = ?`),
      clear: ['fed_deleted', 'fed'].map((table) => db.prepare(`DELETE FROM ${table}`)),
      note: db.prepare<[string]>("INSERT OR IGNORE INTO fed VALUES (?, '')"),
      isAny: db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM fed) OR EXISTS (SELECT 1 FROM fed_deleted)').pluck(),
    }
  }

  const rowsOf = (table: string) => db.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all()
  const tablesOf = (tables: readonly string[]) => Object.fromEntries(tables.map((table) => [table, rowsOf(table)]))

  function read({ series, deleted, changed, alert, gap, epoch, device }: ReturnType<typeof prepare>): Omit<FeedEntry, 'isWhole'> {
    const ofKind = Map.groupBy(changed.all(), ({ kind }) => kind)
    const rows = <T>(kind: string, get: (id: string | number) => T | undefined) =>
      (ofKind.get(kind) ?? []).flatMap(({ id }) => get(id) ?? [])
    /** The rows that are there still, and the ids of the others. */
    const parted = <T>(kind: string, get: (id: string | number) => T | undefined) => {
      const ids = (ofKind.get(kind) ?? []).map(({ id }) => id)
      return { there: rows(kind, get), gone: ids.filter((id) => get(id) === undefined) }
    }
    const alerts = parted('alert', (id) => alert.get(id))
    const devices = parted('device', (id) => device.get(id))
    return {
      // A series that was deleted within this very transaction has no readings to send.
      readings: [...readings].flatMap(([id, rows]) => {
        const name = series.get(id)
        return name === undefined ? [] : [{ series: name, rows }]
      }),
      deleted: deleted.all(),
      alerts: alerts.there,
      dropped: alerts.gone.map(Number),
      gaps: rows('gap', (id) => gap.get(id)),
      epochs: rows('epoch', (id) => epoch.get(id, id)),
      devices: devices.there,
      removedDevices: devices.gone.map(String),
      tables: tablesOf(wholeTables.filter((table) => ofKind.has(table))),
    }
  }

  return {
    /** Begins to note changes. Without it they cost nothing. */
    start(): void {
      statements ??= prepare()
      // A change outside of a transaction may have been lost by a kill before the next one.
      for (const table of wholeTables) statements.note.run(table)
    },

    /** A reading was stored. */
    added(series: number, time: number, value: number): void {
      if (statements === undefined) return
      const rows = readings.get(series)
      if (rows) rows.push([time, value])
      else readings.set(series, [[time, value]])
    },

    /** After a rollback. */
    forget: () => readings.clear(),

    /** The changes since the last call; null: none. */
    take(): Partial<FeedEntry> | null {
      if (statements === undefined || (readings.size === 0 && statements.isAny.get() === 0)) return null
      const filled = Object.entries(read(statements)).filter(([, part]) => (Array.isArray(part) ? part : Object.keys(part)).length > 0)
      readings.clear()
      for (const statement of statements.clear) statement.run()
      return filled.length === 0 ? null : Object.fromEntries(filled)
    },

    /** All rows of the tables that are not readings. */
    everything: (): Partial<FeedEntry> => ({
      alerts: db.prepare<[], AlertRow>('SELECT * FROM alert').all(),
      gaps: db.prepare<[], FeedEntry['gaps'][number]>(selectGap).all(),
      epochs: db.prepare<[], FeedEntry['epochs'][number]>(selectEpoch).all(),
      devices: db.prepare<[], FedDevice>(selectDevice).all(),
      isWhole: true,
      tables: tablesOf(wholeTables),
    }),
  }
}

function trigger(table: string, on: string, id: string, condition?: string): string {
  const when = condition === undefined ? '' : `WHEN ${condition}`
  return `CREATE TEMP TRIGGER feed_${table}_${on} AFTER ${on} ON main.${table} ${when} BEGIN INSERT OR IGNORE INTO fed VALUES ('${table}', ${id}); END;`
}
