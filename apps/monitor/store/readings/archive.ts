import type { Database } from 'better-sqlite3'
import { type ColumnBlock, DamagedBlock, mostReadings, pack, unpack } from './block.ts'

/** A block without its data: its series, the times of its first and last reading, and their number. */
export interface Block {
  readonly id: number
  readonly series: number
  readonly first: number
  readonly last: number
  readonly count: number
}

/** Number of blocks cached unpacked, for several devices that send old readings at the same time. */
const cached = 16

export type Archive = ReturnType<typeof storeArchive>

/**
 * The archived readings, in blocks of at most a day of one series. Blocks never overlap. Times in ms.
 * @param onDamage called once for each block that cannot be read
 */
export function storeArchive(db: Database, onDamage: (block: Block, why: string) => void) {
  const columns = 'id, series, first, last, count'
  const upTo = db.prepare<[number, number], Block>(
    `SELECT ${columns} FROM block WHERE series = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
  )
  const after = db.prepare<[number, number], Block>(`SELECT ${columns} FROM block WHERE series = ? AND first > ? ORDER BY first LIMIT 1`)
  const within = db.prepare<[{ series: number; from: number; to: number }], Block>(`
    SELECT ${columns} FROM block WHERE series = :series AND first < :to AND last >= :from
      AND first >= ifnull((SELECT max(first) FROM block WHERE series = :series AND first <= :from), :from) ORDER BY first`)
  const data = db.prepare<[number], Buffer>('SELECT data FROM block WHERE id = ?').pluck()
  const insert = db.prepare<[number, number, number, number, number, Buffer]>(
    'INSERT INTO block (series, first, last, count, value, data) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const remove = db.prepare<[number]>('DELETE FROM block WHERE id = ?')
  const total = db.prepare<[], number>('SELECT ifnull(sum(count), 0) FROM block').pluck()

  /** The last used blocks, the latest at the end; null: it cannot be read. */
  const unpacked = new Map<number, ColumnBlock | null>()
  const damaged = new Set<number>()
  /** Time of the last archived reading of each series; 0: none. */
  const ends = new Map<number, number>()

  function read(block: Block): ColumnBlock | null {
    try {
      const columnBlock = unpack(data.get(block.id) ?? Buffer.alloc(0))
      const { times } = columnBlock
      if (times.length === block.count && times[0] === block.first && times.at(-1) === block.last) return columnBlock
      throw new DamagedBlock('its readings do not match its header')
    } catch (error) {
      if (!(error instanceof DamagedBlock)) throw error
      if (!damaged.has(block.id)) onDamage(block, error.message)
      damaged.add(block.id)
      return null
    }
  }

  function open(block: Block): ColumnBlock | null {
    let columnBlock = unpacked.get(block.id)
    unpacked.delete(block.id)
    columnBlock ??= read(block)
    unpacked.set(block.id, columnBlock)
    for (const id of unpacked.keys()) {
      if (unpacked.size <= cached) break
      unpacked.delete(id)
    }
    return columnBlock
  }

  function endOf(series: number): number {
    let end = ends.get(series)
    if (end === undefined) {
      end = upTo.get(series, Number.MAX_SAFE_INTEGER)?.last ?? 0
      ends.set(series, end)
    }
    return end
  }

  return {
    /** The readings of a block; null if it is damaged. */
    open,

    /** Number of blocks that could not be read since the start. */
    get damaged() {
      return damaged.size
    },

    /** Time of the last archived reading of a series; 0: none. */
    endOf,

    /** The last block that begins at or before a time; the first that begins after it; those that overlap a span. */
    upTo: (series: number, time: number) => upTo.get(series, time),
    after: (series: number, time: number) => after.get(series, time),
    within: (series: number, from: number, to: number) => within.all({ series, from, to }),

    /** The archived reading of exactly this time. */
    valueAt(series: number, time: number): number | undefined {
      if (time > endOf(series)) return undefined
      const block = upTo.get(series, time)
      if (block === undefined || block.last < time) return undefined
      const columnBlock = open(block)
      if (columnBlock === null) return undefined
      const at = lowerBound(columnBlock.times, time)
      return columnBlock.times[at] === time ? columnBlock.values[at] : undefined
    },

    /** Replaces a block (if any) by one or two with these readings. Within a transaction. */
    replace(series: number, block: Block | null, { times, values, flags }: ColumnBlock): void {
      if (block !== null) remove.run(block.id)
      const parts = Math.ceil(times.length / mostReadings)
      for (let part = 0; part < parts; part += 1) {
        const [from, to] = [part, part + 1].map((n) => Math.round((times.length * n) / parts)) as [number, number]
        const packed = pack({ times: times.slice(from, to), values: values.slice(from, to), flags: flags.slice(from, to) })
        insert.run(series, times[from] ?? 0, times[to - 1] ?? 0, to - from, values[to - 1] ?? 0, packed)
      }
      ends.delete(series)
    },

    /** Deletes a block. Within a transaction. */
    remove(block: Block): void {
      remove.run(block.id)
      ends.delete(block.series)
    },

    /** Number of archived readings. */
    count: () => total.get() ?? 0,

    /** After a rollback: clears the caches. */
    forget(): void {
      unpacked.clear()
      ends.clear()
    },
  }
}

/** Index of the first time that is not before `time`. */
export function lowerBound(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}
