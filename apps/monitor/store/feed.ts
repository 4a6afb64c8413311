import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { AlertRow } from './alert-row.ts'
import type { SeriesName } from './readings/series-name.ts'

/** The changes of one commit. Times in ms. */
export interface FeedEntry {
  readings: { series: SeriesName; rows: [time: number, value: number][] }[]
  alerts: AlertRow[]
  /** Pending alerts that never fired. */
  dropped: number[]
  gaps: { device: string; epoch: string; first: number; last: number; lost: number; noticed: number }[]
  epochs: { device: string; epoch: string; kept: number; begun: number; heard: number; skew: number }[]
  devices: { key: string; room: string | null; info: string | null; described: string | null }[]
  /** Series whose history a person has deleted. */
  deleted: SeriesName[]
  /** Tables that are small, whole: `rule`, `silence` and `label`. */
  tables: Record<string, Record<string, unknown>[]>
}

export interface FeedRow {
  seq: number
  entry: Partial<FeedEntry>
}

/** Bytes of waiting entries above which they are dropped, and all is forwarded again from the readings: weeks of a home. */
const most = 256 * 1024 * 1024

const selectGap = 'SELECT device, epoch, first, last, ifnull(lost, last - first + 1) AS lost, noticed FROM gap'
const selectEpoch = 'SELECT device, epoch, kept, begun, heard, skew FROM epoch'
const selectDevice = 'SELECT key, room, info, described FROM device'

export type Feed = ReturnType<typeof storeFeed>

/**
 * Collects each change within its own transaction, for `forward/`. Readings report themselves; of the other tables triggers of
 * this connection note what has changed. A monitor without FORWARD_URL pays nothing.
 */
export function storeFeed(db: Database, limit = most) {
  let isOn = false
  /** The readings of the transaction, by series. */
  const added = new Map<number, [time: number, value: number][]>()
  let bytes = 0
  let statements: ReturnType<typeof prepare>

  function prepare() {
    db.exec(`
      CREATE TEMP TABLE fed_deleted (room TEXT, quantity TEXT, device TEXT);
      CREATE TEMP TABLE fed (kind TEXT, id, PRIMARY KEY (kind, id)) WITHOUT ROWID;
      CREATE TEMP TRIGGER feed_deleted AFTER DELETE ON main.series BEGIN INSERT INTO fed_deleted VALUES (old.room, old.quantity, old.device); END;
      ${trigger('alert', 'INSERT', 'new.id')} ${trigger('alert', 'UPDATE', 'new.id')} ${trigger('alert', 'DELETE', 'old.id', 'old.fired IS NULL')}
      ${trigger('gap', 'INSERT', 'new.id')} ${trigger('gap', 'UPDATE', 'new.id')}
      ${trigger('epoch', 'INSERT', 'json_array(new.device, new.epoch)')} ${trigger('epoch', 'UPDATE', 'json_array(new.device, new.epoch)')}
      ${trigger('device', 'INSERT', 'new.key')}
      ${trigger('device', 'UPDATE', 'new.key', 'old.room IS NOT new.room OR old.info IS NOT new.info OR old.described IS NOT new.described')}
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
      device: db.prepare<[string | number], FeedEntry['devices'][number]>(`${selectDevice} WHERE key = ?`),
      clear: ['fed_deleted', 'fed'].map((table) => db.prepare(`DELETE FROM ${table}`)),
      insert: db.prepare<[string]>('INSERT INTO feed (entry) VALUES (?)'),
      isAny: db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM fed) OR EXISTS (SELECT 1 FROM fed_deleted)').pluck(),
    }
  }

  function read(): Partial<FeedEntry> {
    const entry: Partial<FeedEntry> = {}
    const add = <K extends keyof FeedEntry>(name: K, value: FeedEntry[K]) => {
      if (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0) entry[name] = value
    }
    // A series that was deleted within this very transaction has no readings to send.
    add(
      'readings',
      [...added].flatMap(([id, rows]) => {
        const series = statements.series.get(id)
        return series === undefined ? [] : [{ series, rows }]
      }),
    )
    add('deleted', statements.deleted.all())
    const changed = Map.groupBy(statements.changed.all(), ({ kind }) => kind)
    const ids = (kind: string) => (changed.get(kind) ?? []).map(({ id }) => id)
    const alerts = ids('alert').map((id) => [id, statements.alert.get(id)] as const)
    add(
      'alerts',
      alerts.flatMap(([, row]) => row ?? []),
    )
    add(
      'dropped',
      alerts.flatMap(([id, row]) => (row === undefined ? [Number(id)] : [])),
    )
    add(
      'gaps',
      ids('gap').flatMap((id) => statements.gap.get(id) ?? []),
    )
    add(
      'epochs',
      ids('epoch').flatMap((id) => statements.epoch.get(id, id) ?? []),
    )
    add(
      'devices',
      ids('device').flatMap((id) => statements.device.get(id) ?? []),
    )
    const tables = wholeTables.filter((table) => changed.has(table))
    add('tables', Object.fromEntries(tables.map((table) => [table, rowsOf(table)])))
    return entry
  }

  const rowsOf = (table: string) => db.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all()
  const sizeUpTo = db.prepare<[number], number>('SELECT ifnull(sum(length(entry)), 0) FROM feed WHERE seq <= ?').pluck()
  const size = () => sizeUpTo.get(Number.MAX_SAFE_INTEGER) ?? 0
  const from = db.prepare<[number, number], { seq: number; entry: string }>(
    'SELECT seq, entry FROM feed WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const count = db.prepare<[], number>('SELECT count(*) FROM feed').pluck()
  const newest = db.prepare<[], number>("SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'feed'), 0)").pluck()
  const remove = db.prepare<[number]>('DELETE FROM feed WHERE seq <= ?')
  const withDeletions = db.prepare<[], { entry: string }>(`SELECT entry FROM feed WHERE entry LIKE '%"deleted":%' ORDER BY seq`)
  const state = db.prepare<[], { instance: string; rebuild: number | null }>('SELECT instance, rebuild FROM forward')
  const create = db.prepare<[string]>('INSERT INTO forward (id, instance, rebuild) VALUES (1, ?, 0)')
  const setRebuild = db.prepare<[number | null]>('UPDATE forward SET rebuild = ?')

  /** Drops the waiting entries: everything is to be forwarded again. Deletions are not in the readings, so they stay. */
  const overflow = () => {
    const deleted = withDeletions.all().flatMap(({ entry }) => (JSON.parse(entry) as Partial<FeedEntry>).deleted ?? [])
    remove.run(Number.MAX_SAFE_INTEGER)
    setRebuild.run(0)
    if (deleted.length > 0) statements.insert.run(JSON.stringify({ deleted }))
    bytes = size()
  }

  return {
    /**
     * Begins to collect. The first time everything that is stored is to be forwarded.
     * @returns the id of this database
     */
    start(): string {
      if (state.get() === undefined) create.run(randomUUID())
      if (!isOn) statements = prepare()
      bytes = size()
      isOn = true
      // A change outside of a transaction may have been lost by a kill before the next one.
      for (const table of wholeTables) db.prepare("INSERT OR IGNORE INTO fed VALUES (?, '')").run(table)
      return state.get()?.instance ?? ''
    },

    /** Forgets what has waited: FORWARD_URL is no longer set. A later start forwards everything again. */
    end: db.transaction(() => {
      remove.run(Number.MAX_SAFE_INTEGER)
      db.exec('DELETE FROM forward')
    }),

    /** A reading was stored, within a transaction. */
    added(series: number, time: number, value: number): void {
      if (!isOn) return
      const rows = added.get(series)
      if (rows) rows.push([time, value])
      else added.set(series, [[time, value]])
    },

    /** After a rollback. */
    forget: () => added.clear(),

    /** Writes the changes of a transaction as one row; its last step. */
    flush(): void {
      if (!isOn || (added.size === 0 && statements.isAny.get() === 0)) return
      const text = JSON.stringify(read())
      added.clear()
      for (const statement of statements.clear) statement.run()
      if (text === '{}') return
      statements.insert.run(text)
      bytes += text.length
      if (bytes > limit) overflow()
    },

    /** The entries after `seq`, the oldest first: at most `most`, and no more after one that ends beyond `bytes`. */
    after(seq: number, most: number, bytes = Number.POSITIVE_INFINITY): FeedRow[] {
      const rows: FeedRow[] = []
      let size = 0
      for (const { seq: at, entry } of from.iterate(seq, most)) {
        rows.push({ seq: at, entry: JSON.parse(entry) })
        size += entry.length
        if (size > bytes) break
      }
      return rows
    },

    /** The sequence number of the newest entry, forwarded or not; 0: none yet. */
    newest: () => newest.get() ?? 0,
    waiting: () => ({ commits: count.get() ?? 0, bytes }),

    /** Removes the entries up to `seq`: they are stored elsewhere. */
    forwarded(seq: number): void {
      const gone = sizeUpTo.get(seq) ?? 0
      if (gone === 0) return
      remove.run(seq)
      bytes -= gone
    },

    /** The series up to which a rebuild has come, by id; null: none is due. */
    get rebuild(): number | null {
      return state.get()?.rebuild ?? null
    },
    set rebuild(series: number | null) {
      setRebuild.run(series)
    },

    /** All rows of the tables that are not readings, for a rebuild. */
    everything: (): Partial<FeedEntry> => ({
      alerts: db.prepare<[], AlertRow>('SELECT * FROM alert').all(),
      gaps: db.prepare<[], FeedEntry['gaps'][number]>(selectGap).all(),
      epochs: db.prepare<[], FeedEntry['epochs'][number]>(selectEpoch).all(),
      devices: db.prepare<[], FeedEntry['devices'][number]>(selectDevice).all(),
      tables: Object.fromEntries(wholeTables.map((table) => [table, rowsOf(table)])),
    }),
  }
}

/** Tables that are forwarded whole, because they are small. */
export const wholeTables = ['rule', 'silence', 'label'] as const

function trigger(table: string, on: string, id: string, condition?: string): string {
  const when = condition === undefined ? '' : `WHEN ${condition}`
  return `CREATE TEMP TRIGGER feed_${table}_${on} AFTER ${on} ON main.${table} ${when} BEGIN INSERT OR IGNORE INTO fed VALUES ('${table}', ${id}); END;`
}
