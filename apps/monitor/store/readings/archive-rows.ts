import { day } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'
import type { Archive, Block } from './archive.ts'
import { type ColumnBlock, flag, mostReadings } from './block.ts'

interface Row {
  time: number
  value: number
  late: number | null
  unsure: number | null
}

/** One step of archiving: number of archived readings, and the time (ms) to continue from. */
export interface ArchiveStep {
  count: number
  next: number
}

export type ReadingsArchiving = ReturnType<typeof archiveReadings>

/** Moves readings from the table into blocks, one transaction per step, so that each reading is always in exactly one place. */
export function archiveReadings(db: Database, archive: Archive) {
  const oldest = db.prepare<[number, number], number | null>('SELECT min(time) FROM reading WHERE series = ? AND time >= ?').pluck()
  const withOlder = db
    .prepare<[number], number>('SELECT id FROM series WHERE EXISTS (SELECT 1 FROM reading WHERE series = id AND time < ?)')
    .pluck()
  const rows = db.prepare<[number, number, number, number], Row>(
    'SELECT time, value, late, unsure FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time LIMIT ?',
  )
  const remove = db.prepare<[number, number, number]>('DELETE FROM reading WHERE series = ? AND time BETWEEN ? AND ?')

  /** The block of the same day that begins at or before `first`, if any. */
  function targetOf(series: number, first: number): Block | null {
    const block = archive.upTo(series, first)
    return block !== undefined && block.first >= Math.floor(first / day) * day ? block : null
  }

  function step(series: number, from: number, before: number): ArchiveStep | null {
    const first = oldest.get(series, from) ?? null
    if (first === null || first >= before) return null
    const target = targetOf(series, first)
    const bound = Math.min(
      before,
      (Math.floor(first / day) + 1) * day,
      archive.after(series, Math.max(first, target?.last ?? 0))?.first ?? before,
    )
    const found = rows.all(series, first, bound, mostReadings)
    const last = found.at(-1)?.time ?? first
    let merged = columnBlockOf(found)
    let replaced: Block | null = null
    if (target !== null && (target.last >= first || target.count + found.length <= mostReadings)) {
      const columnBlock = archive.open(target)
      // A new block may begin after a damaged one; readings within its span stay in the table.
      if (columnBlock === null && target.last >= first) return { count: 0, next: target.last + 1 }
      if (columnBlock !== null) {
        merged = merge(columnBlock, merged)
        replaced = target
      }
    }
    archive.replace(series, replaced, merged)
    remove.run(series, first, last)
    return { count: found.length, next: last + 1 }
  }
  const stepAlone = db.transaction(step)

  return {
    /** Series with readings older than `before`. */
    seriesBefore: (before: number) => withOlder.all(before),

    /**
     * Archives up to 10,000 readings of one series and one UTC day.
     * @param from `next` of the last step of this series; 0: its oldest reading
     * @param before only older readings, ms; the start of a day
     * @returns null if none is left
     */
    step(series: number, from: number, before: number): ArchiveStep | null {
      try {
        return stepAlone.immediate(series, from, before)
      } catch (error) {
        archive.forget()
        throw error
      }
    },
  }
}

function columnBlockOf(rows: readonly Row[]): ColumnBlock {
  return {
    times: Float64Array.from(rows, ({ time }) => time),
    values: Float64Array.from(rows, ({ value }) => value),
    flags: Uint8Array.from(rows, ({ late, unsure }) => (late ? flag.late : 0) | (unsure ? flag.unsure : 0)),
  }
}

/** Merges two blocks in the order of time; they have no time in common. */
export function merge(a: ColumnBlock, b: ColumnBlock): ColumnBlock {
  const length = a.times.length + b.times.length
  const merged = { times: new Float64Array(length), values: new Float64Array(length), flags: new Uint8Array(length) }
  for (let at = 0, i = 0, j = 0; at < length; at += 1) {
    const isFirst = j === b.times.length || (i < a.times.length && (a.times[i] ?? 0) < (b.times[j] ?? 0))
    const [from, index] = isFirst ? [a, i++] : [b, j++]
    merged.times[at] = from.times[index] ?? 0
    merged.values[at] = from.values[index] ?? 0
    merged.flags[at] = from.flags[index] ?? 0
  }
  return merged
}
