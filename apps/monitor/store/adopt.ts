import type { Database } from 'better-sqlite3'
import type { Described } from './devices.ts'
import { type FedDevice, type FeedEntry, wholeTables } from './feed/entry.ts'
import { type SeriesName, subjectOf } from './readings/series-name.ts'

/** The state of a site whose database is gone; of the alerts the open ones. Times in ms. */
export interface AdoptedState extends Pick<FeedEntry, 'alerts' | 'devices' | 'epochs' | 'gaps' | 'tables'> {
  /** True if every row up to `kept` of an epoch is stored elsewhere. Otherwise the sensors send what they still have. */
  isComplete: boolean
  /** The largest number of an alert of the site; 0: none. */
  lastAlert: number
  /** Time of the last reading of each series. */
  last: readonly { series: SeriesName; time: number }[]
}

const isGone = ({ described }: FedDevice) => described !== null && (JSON.parse(described) as Described | null)?.isGone === true

/** True for a database without any device and reading. */
export const isEmpty = (db: Database): boolean =>
  db.prepare<[], number>('SELECT NOT EXISTS (SELECT 1 FROM series) AND NOT EXISTS (SELECT 1 FROM epoch)').pluck().get() === 1

/**
 * Takes over rules, silences, names of rooms, open alerts, the devices and their progress. Within a transaction, in an empty database.
 * No message is sent a second time: an alert comes with the count of its notifications, and readings from before are not judged.
 */
export function adopt(
  db: Database,
  { isComplete, lastAlert, alerts, devices, epochs, gaps, tables, last }: AdoptedState,
  now = Date.now(),
): void {
  const insert = (table: string, rows: readonly object[]) => {
    const known = new Set(db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table))
    for (const row of rows) {
      // A former monitor of another version may have columns that this one has not.
      const columns = Object.keys(row).filter((name) => known.has(name))
      db.prepare(
        `INSERT OR REPLACE INTO ${table} (${columns.map((name) => `"${name}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      ).run(columns.map((name) => (row as Record<string, unknown>)[name]))
    }
  }
  for (const name of wholeTables) insert(name, tables[name] ?? [])
  insert('alert', alerts)
  db.prepare(
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'alert', ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'alert')",
  ).run(lastAlert)
  db.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'alert'").run(lastAlert)
  insert('gap', gaps)
  const missing = new Map(
    alerts.flatMap(({ condition, state, subject, started }) => (condition === 'offline' && state === 'firing' ? [[subject, started]] : [])),
  )
  insert(
    'device',
    // From now on each has to report, as after any start. One that is no longer announced does not.
    devices.map((device) => ({
      ...{ ...device, id: device.key.startsWith('/') ? null : device.key, heartbeat: null, seen: missing.get(device.key) ?? now },
      status: missing.has(device.key) ? 'offline' : isGone(device) ? 'unknown' : 'online',
    })),
  )
  if (isComplete)
    insert(
      'epoch',
      epochs.map((epoch) => ({ ...epoch, elsewhere: epoch.kept })),
    )
  insert(
    'judged',
    last.map(({ series, time }) => ({ subject: subjectOf(series), at: time })),
  )
}
