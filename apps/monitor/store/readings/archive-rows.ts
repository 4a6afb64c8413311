import { day } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'
import type { Archive, Block } from './archive.ts'
import { flag, mostReadings, type Stretch } from './block.ts'

interface Row {
  time: number
  value: number
  late: number | null
  unsure: number | null
}

/** A step of folding: how many readings went into a block, and the time (ms) to go on from. */
export interface Folded {
  count: number
  next: number
}

export type Folding = ReturnType<typeof foldReadings>

/** Takes readings out of the table and into blocks, one transaction a step: killed anywhere, each reading is in one of them. */
export function foldReadings(db: Database, archive: Archive) {
  const oldest = db.prepare<[number, number], number | null>('SELECT min(time) FROM reading WHERE series = ? AND time >= ?').pluck()
  const withOlder = db
    .prepare<[number], number>('SELECT id FROM series WHERE EXISTS (SELECT 1 FROM reading WHERE series = id AND time < ?)')
    .pluck()
  const rows = db.prepare<[number, number, number, number], Row>(
    'SELECT time, value, late, unsure FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time LIMIT ?',
  )
  const remove = db.prepare<[number, number, number]>('DELETE FROM reading WHERE series = ? AND time BETWEEN ? AND ?')

  /** The block of this day that readings from `first` on belong to, or the last one before them. */
  function homeOf(series: number, first: number): Block | null {
    const block = archive.upTo(series, first)
    return block !== undefined && block.first >= Math.floor(first / day) * day ? block : null
  }

  function step(series: number, from: number, before: number): Folded | null {
    const first = oldest.get(series, from) ?? null
    if (first === null || first >= before) return null
    const home = homeOf(series, first)
    const bound = Math.min(
      before,
      (Math.floor(first / day) + 1) * day,
      archive.after(series, Math.max(first, home?.last ?? 0))?.first ?? before,
    )
    const found = rows.all(series, first, bound, mostReadings)
    const last = found.at(-1)?.time ?? first
    let merged = stretchOf(found)
    let replaced: Block | null = null
    if (home !== null && (home.last >= first || home.count + found.length <= mostReadings)) {
      const stretch = archive.open(home)
      // Behind a damaged block a new one may begin; within it the readings stay where they are.
      if (stretch === null && home.last >= first) return { count: 0, next: home.last + 1 }
      if (stretch !== null) {
        merged = merge(stretch, merged)
        replaced = home
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
     * Folds up to 10,000 readings of one series and one UTC day.
     * @param from where the last step of this series says to go on; 0: at its oldest reading
     * @param before only what is older, ms; the start of a day
     * @returns null when nothing is left
     */
    step(series: number, from: number, before: number): Folded | null {
      try {
        return stepAlone.immediate(series, from, before)
      } catch (error) {
        archive.forget()
        throw error
      }
    },
  }
}

function stretchOf(rows: readonly Row[]): Stretch {
  return {
    times: Float64Array.from(rows, ({ time }) => time),
    values: Float64Array.from(rows, ({ value }) => value),
    flags: Uint8Array.from(rows, ({ late, unsure }) => (late ? flag.late : 0) | (unsure ? flag.unsure : 0)),
  }
}

/** Both in the order of time; they have no time in common. */
export function merge(a: Stretch, b: Stretch): Stretch {
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
