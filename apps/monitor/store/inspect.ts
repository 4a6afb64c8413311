import type { Info } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import Database from 'better-sqlite3'
import { versions } from './file/schema.ts'

export interface InspectedDevice {
  id: string
  room: string | null
  status: string
  seen: number | null
  info: Info | null
  skew: number | null
  /** Outboxes from which rows came within the last five minutes: epochs of the record. */
  outboxes: number
}

/** An outbox that was replaced is silent for longer. ms */
const atOnce = 5 * minute

/** A database as the doctor sees it, beside a monitor that uses it. Times in ms since the epoch. */
export interface Inspection {
  /** Version of its schema, and the one of this program. */
  schema: number
  ownSchema: number
  /** Empty if all pages are sound; else the first faults; null: they were not looked at. */
  faults: string | null
  devices: readonly InspectedDevice[]
  /** Rows with a time after `now`. */
  future: number
  /** The last message that got through, and the last that did not, of each channel that has sent any. */
  channels: readonly { channel: string; sent: number | null; failed: number | null; error: string | null }[]
}

/**
 * Reads a database read-only.
 * @param now ms
 * @param pages true to look at all pages, which takes seconds for a large file
 * @throws Error if it is no database, or cannot be opened
 */
export function inspectDatabase(file: string, now: number, pages: boolean): Inspection {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  try {
    db.pragma('busy_timeout = 5000')
    const schema = db.pragma('user_version', { simple: true }) as number
    const about = { schema, ownSchema: versions.length, faults: pages ? faultsOf(db) : null }
    if (schema !== versions.length) return { ...about, devices: [], future: 0, channels: [] }
    const devices = db
      .prepare<[number], Omit<InspectedDevice, 'info'> & { info: string | null }>(
        `SELECT id, room, status, seen, info, (SELECT skew FROM epoch WHERE device = key ORDER BY heard DESC LIMIT 1) AS skew,
           (SELECT count(*) FROM epoch WHERE device = key AND heard > ?) AS outboxes
         FROM device WHERE id IS NOT NULL ORDER BY id`,
      )
      .all(now - atOnce)
      .map((row) => ({ ...row, info: row.info === null ? null : (JSON.parse(row.info) as Info) }))
    const future = db
      .prepare<[number], { many: number }>(
        'SELECT ifnull(sum(many), 0) AS many FROM (SELECT (SELECT count(*) FROM reading WHERE series = s.id AND time > ?) AS many FROM series AS s)',
      )
      .get(now)?.many
    const channels = db
      .prepare<[], Inspection['channels'][number]>(
        `SELECT channel, max(sent) AS sent, max(CASE WHEN error IS NOT NULL THEN ifnull(ended, tried) END) AS failed,
           (SELECT error FROM notification AS last WHERE last.channel = n.channel AND error IS NOT NULL ORDER BY id DESC LIMIT 1) AS error
         FROM notification AS n GROUP BY channel ORDER BY channel`,
      )
      .all()
    return { ...about, devices, future: future ?? 0, channels }
  } finally {
    db.close()
  }
}

function faultsOf(db: Database.Database): string {
  const checked = db.pragma('quick_check(3)') as { quick_check: string }[]
  return checked
    .map(({ quick_check }) => quick_check)
    .filter((line) => line !== 'ok')
    .join('; ')
}
