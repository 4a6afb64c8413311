import { type Gap, noProgress, type Progress } from '@hearthwatch/protocol/receiver'
import type { Database } from 'better-sqlite3'

/** Progress of a device's rows in one epoch. Times in ms. */
export interface Epoch extends Progress {
  device: string
  epoch: string
  /** When the last row was received; 0: never. */
  heard: number
  /** The device's clock less ours. */
  skew: number
}

/** Lost row numbers, both ends included. */
interface GapRow extends Gap {
  device: string
  epoch: string
  count: number
  noticed: number
}

type Row = Omit<Epoch, 'begun' | 'asked'> & { begun: number }

export type RecordProgress = ReturnType<typeof storeRecordProgress>

/** Progress, gaps and refused values of the devices' rows; the readings are stored elsewhere. */
export function storeRecordProgress(db: Database) {
  const find = db.prepare<[string, string], Row>('SELECT * FROM epoch WHERE device = ? AND epoch = ?')
  const latest = db.prepare<[string], Row>('SELECT * FROM epoch WHERE device = ? ORDER BY heard DESC LIMIT 1')
  const upsert = db.prepare<[Row]>(`
    INSERT INTO epoch VALUES (:device, :epoch, :kept, :begun, :heard, :skew)
    ON CONFLICT DO UPDATE SET kept = :kept, begun = :begun, heard = :heard, skew = :skew`)
  // Rows that are requested a second time bring their gaps again.
  const insertGap = db.prepare<[Pick<GapRow, 'device' | 'epoch' | 'from' | 'to' | 'noticed'>]>(`
    INSERT INTO gap (device, epoch, first, last, noticed) SELECT :device, :epoch, :from, :to, :noticed
    WHERE NOT EXISTS (SELECT 1 FROM gap WHERE device = :device AND epoch = :epoch AND first <= :from AND last >= :to)`)
  const inGap = db
    .prepare<[string, string, number, number], number>('SELECT 1 FROM gap WHERE device = ? AND epoch = ? AND first <= ? AND last >= ?')
    .pluck()
  const gaps = db.prepare<[{ device: string | null }], GapRow>(`
    SELECT device, epoch, first AS "from", last AS "to", last - first + 1 AS count, noticed FROM gap
    WHERE :device IS NULL OR device = :device ORDER BY id`)
  const missing = db.prepare<[string], number>('SELECT ifnull(sum(last - first + 1), 0) FROM gap WHERE device = ?').pluck()
  const refuse = db.prepare<[string, string, number, string, string]>('INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?, ?)')
  const isRefused = db
    .prepare<[string, string, number, string], number>('SELECT 1 FROM refused WHERE device = ? AND epoch = ? AND seq = ? AND key = ?')
    .pluck()

  const known = new Map<string, Epoch>()

  return {
    /** @param epoch an unknown one begins at 0 */
    progress(device: string, epoch: string): Epoch {
      const name = `${device}\0${epoch}`
      let found = known.get(name)
      if (found === undefined) {
        const row = find.get(device, epoch)
        found = row ? { ...row, begun: row.begun === 1, asked: null } : { ...noProgress, device, epoch, heard: 0, skew: 0 }
        if (known.size > 10_000) known.clear()
        known.set(name, found)
      }
      return found
    },

    /** Writes an epoch. */
    save(epoch: Epoch): void {
      const { asked: _, ...row } = epoch
      known.set(`${epoch.device}\0${epoch.epoch}`, epoch)
      upsert.run({ ...row, begun: row.begun ? 1 : 0 })
    },

    /** Caches without writing that the device was asked to rewind. */
    remember: (epoch: Epoch) => void known.set(`${epoch.device}\0${epoch.epoch}`, epoch),

    /** The epoch of the device's last row. */
    latest: (device: string) => latest.get(device),

    addGap: (device: string, epoch: string, gap: Gap, noticed: number) => void insertGap.run({ device, epoch, ...gap, noticed }),
    isLost: (device: string, epoch: string, seq: number) => inGap.get(device, epoch, seq, seq) !== undefined,
    gaps: (device?: string) => gaps.all({ device: device ?? null }),
    missing: (device: string) => missing.get(device) ?? 0,

    refuse: (device: string, epoch: string, seq: number, key: string, fault: string) => void refuse.run(device, epoch, seq, key, fault),
    isRefused: (device: string, epoch: string, seq: number, key: string) => isRefused.get(device, epoch, seq, key) !== undefined,

    /** After a rollback: reads the database again. */
    forget: () => known.clear(),
  }
}
