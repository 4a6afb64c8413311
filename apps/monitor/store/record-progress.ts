import { type Gap, noProgress, type Progress } from '@hearthwatch/protocol/receiver'
import type { Database } from 'better-sqlite3'
import { evictOldest } from './evict-oldest.ts'

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

/**
 * Most epochs and gaps that are kept of a device. A new card, or a restored one, begins an epoch; a lost row makes a gap.
 * A device that is not honest could make one with each packet.
 */
const mostEpochs = 20
const mostGaps = 1000

/** Progress and gaps of the devices' rows; the readings are stored elsewhere. */
/** @param mostCached epochs that are cached */
export function storeRecordProgress(db: Database, mostCached: () => number = () => 10_000) {
  const find = db.prepare<[string, string], Row>('SELECT device, epoch, kept, begun, heard, skew FROM epoch WHERE device = ? AND epoch = ?')
  // SQLite takes the other columns from the row of the maximum.
  const allLatest = db.prepare<[], Row & { newest: number }>(
    'SELECT device, epoch, kept, begun, heard, skew, max(heard) AS newest FROM epoch GROUP BY device',
  )
  const upsert = db.prepare<[Row]>(`
    INSERT INTO epoch (device, epoch, kept, begun, heard, skew) VALUES (:device, :epoch, :kept, :begun, :heard, :skew)
    ON CONFLICT DO UPDATE SET kept = :kept, begun = :begun, heard = :heard, skew = :skew`)
  const removeOldEpochs = db.prepare<[{ device: string }]>(`
    DELETE FROM epoch WHERE device = :device AND epoch IN
      (SELECT epoch FROM epoch WHERE device = :device ORDER BY heard DESC LIMIT -1 OFFSET ${mostEpochs})`)
  const elsewhere = db.prepare<[string, string], number>('SELECT elsewhere FROM epoch WHERE device = ? AND epoch = ?').pluck()
  const insertGap = db.prepare<[Pick<GapRow, 'device' | 'epoch' | 'from' | 'to' | 'noticed'>]>(
    'INSERT INTO gap (device, epoch, first, last, noticed) VALUES (:device, :epoch, :from, :to, :noticed)',
  )
  const gapBefore = db.prepare<[string, string, number], { id: number; last: number }>(
    'SELECT id, last FROM gap WHERE device = ? AND epoch = ? AND first <= ? ORDER BY first DESC, last DESC LIMIT 1',
  )
  const widenGap = db.prepare<[Gap & { id: number; noticed: number }]>(`
    UPDATE gap SET lost = ifnull(lost, last - first + 1) + :to - :from + 1, last = max(last, :to), noticed = :noticed WHERE id = :id`)
  const countGaps = db.prepare<[string], number>('SELECT count(*) FROM gap WHERE device = ?').pluck()
  const gaps = db.prepare<[{ device: string | null }], GapRow>(`
    SELECT device, epoch, first AS "from", last AS "to", ifnull(lost, last - first + 1) AS count, noticed FROM gap
    WHERE :device IS NULL OR device = :device ORDER BY id`)
  const allMissing = db.prepare<[], { device: string; rows: number }>(
    'SELECT device, sum(ifnull(lost, last - first + 1)) AS rows FROM gap GROUP BY device',
  )

  /** True if a gap contains these numbers. */
  const isWithinGap = (device: string, epoch: string, { from, to }: Gap) => (gapBefore.get(device, epoch, from)?.last ?? 0) >= to

  const known = new Map<string, Epoch>()
  /** The epoch of each device's last row, and the number of its lost rows. A page asks for those of all devices. */
  let latest: Map<string, Omit<Row, 'begun'>> | null = null
  let missing: Map<string, number> | null = null
  const latestOf = () => {
    latest ??= new Map(allLatest.all().map(({ newest: _, begun: __, ...row }) => [row.device, row]))
    return latest
  }
  const missingOf = () => {
    missing ??= new Map(allMissing.all().map(({ device, rows }) => [device, rows]))
    return missing
  }

  return {
    /** @param epoch an unknown one begins at 0 */
    progress(device: string, epoch: string): Epoch {
      const name = `${device}\0${epoch}`
      let found = known.get(name)
      if (found === undefined) {
        const row = find.get(device, epoch)
        found = row ? { ...row, begun: row.begun === 1, asked: null } : { ...noProgress, device, epoch, heard: 0, skew: 0 }
        evictOldest(known, mostCached())
        known.set(name, found)
      }
      return found
    },

    /** Writes an epoch. */
    save(epoch: Epoch): void {
      const { asked: _, ...row } = epoch
      known.set(`${epoch.device}\0${epoch.epoch}`, epoch)
      const isNew = find.get(epoch.device, epoch.epoch) === undefined
      upsert.run({ ...row, begun: row.begun ? 1 : 0 })
      if (isNew) removeOldEpochs.run(epoch)
      if (row.heard >= (latestOf().get(row.device)?.heard ?? 0)) latestOf().set(row.device, row)
    },

    /** Caches without writing that the device was asked to rewind. */
    remember: (epoch: Epoch) => void known.set(`${epoch.device}\0${epoch.epoch}`, epoch),

    /** The epoch of the device's last row. */
    latest: (device: string) => latestOf().get(device),

    /** Adds a gap. Rows that are requested a second time bring theirs again: it is kept once. */
    addGap(device: string, epoch: string, gap: Gap, noticed: number): void {
      if (isWithinGap(device, epoch, gap)) return
      const lost = missingOf()
      const newest = (countGaps.get(device) ?? 0) < mostGaps ? undefined : gapBefore.get(device, epoch, gap.from)
      if (newest) widenGap.run({ ...gap, id: newest.id, noticed })
      else insertGap.run({ device, epoch, ...gap, noticed })
      lost.set(device, (lost.get(device) ?? 0) + gap.to - gap.from + 1)
    },
    /** True for a row that a former monitor of the site has stored. It is not in this database. */
    isElsewhere: (device: string, epoch: string, seq: number) => seq <= (elsewhere.get(device, epoch) ?? 0),
    isLost: (device: string, epoch: string, seq: number) => isWithinGap(device, epoch, { from: seq, to: seq }),
    gaps: (device?: string) => gaps.all({ device: device ?? null }),
    missing: (device: string) => missingOf().get(device) ?? 0,

    /** After a rollback: reads the database again. */
    forget(): void {
      known.clear()
      latest = null
      missing = null
    },
  }
}
