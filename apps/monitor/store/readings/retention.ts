import type { Database } from 'better-sqlite3'
import type { Archive, Block } from './archive.ts'

/** Rows deleted in one transaction; it takes a few ms, so that readings and the page hardly wait. */
const rowsPerStep = 5000

/**
 * Deletes old readings, archived or not. Their rollups stay. If the rollups of a series are incomplete, readings that are
 * not counted yet stay.
 * @param onRemoved called after readings were deleted
 */
export function removeReadings(db: Database, archive: Archive, onRemoved: () => void) {
  // Searches each series by itself, because the table is clustered by series.
  const withOlder = db.prepare<[{ before: number }], { id: number; before: number }>(`
    SELECT id, before FROM (SELECT id, min(:before, ifnull(rolled, :before)) AS before FROM series) AS s
    WHERE EXISTS (SELECT 1 FROM reading WHERE series = id AND time < before)
      OR (SELECT last FROM block WHERE series = s.id ORDER BY first LIMIT 1) < before`)
  const allSeries = db.prepare<[], number>('SELECT id FROM series').pluck()
  const countRows = db.prepare<[number], number>('SELECT count(*) FROM reading WHERE series = ?').pluck()
  const countArchived = db.prepare<[number], number>('SELECT ifnull(sum(count), 0) FROM block WHERE series = ?').pluck()
  const newest = db
    .prepare<[{ series: number; before: number; limit: number }], number | null>(`
      SELECT max(time) FROM (SELECT time FROM reading WHERE series = :series AND time < :before ORDER BY time LIMIT :limit)`)
    .pluck()
  const removeRows = db.prepare<[number, number]>('DELETE FROM reading WHERE series = ? AND time <= ?')
  const noteDeleted = db.prepare<[number, number]>('UPDATE series SET swept = max(ifnull(swept, 0), ?) WHERE id = ?')

  /** Deletes the oldest readings of one series, at most `limit`: a block, or rows before it. @returns their number */
  function removeOldest(series: number, before: number, limit: number, rows: number): number {
    const block = archive.after(series, -1)
    const last = newest.get({ series, before: Math.min(before, block?.first ?? before), limit: Math.min(limit, rows) }) ?? null
    if (last !== null) {
      noteDeleted.run(last + 1, series)
      return removeRows.run(series, last).changes
    }
    if (block === undefined || block.last >= before) return 0
    return block.count <= limit ? removeBlock(block) : shorten(block, limit)
  }

  function removeBlock(block: Block): number {
    archive.remove(block)
    noteDeleted.run(block.last + 1, block.series)
    return block.count
  }

  /** Deletes the first readings of a block. */
  function shorten(block: Block, count: number): number {
    const columnBlock = archive.open(block)
    if (columnBlock === null) return 0
    const { times, values, flags } = columnBlock
    archive.replace(block.series, block, { times: times.slice(count), values: values.slice(count), flags: flags.slice(count) })
    noteDeleted.run((times[count - 1] ?? 0) + 1, block.series)
    return count
  }

  const removeSome = db.transaction((before: number, limit: number): number => {
    const found = withOlder.all({ before })
    let left = limit
    for (const [i, { id, before: its }] of found.entries())
      left -= removeOldest(id, its, Math.ceil(left / (found.length - i)), Math.ceil(rowsPerStep / found.length))
    return limit - left
  })

  return {
    /**
     * Deletes some readings older than `before` (ms) in one transaction: the oldest of each series, at most `limit` in total.
     * A block that ends at or after `before` stays.
     * @returns their number; 0: none is left
     */
    deleteOlder(before: number, limit: number): number {
      try {
        const count = removeSome.immediate(before, limit)
        if (count > 0) onRemoved()
        return count
      } catch (error) {
        archive.forget()
        throw error
      }
    },

    hasOlder: (before: number) => withOlder.get({ before }) !== undefined,

    /** Number of readings of each series, one series at a time, because counting millions takes a while. */
    *countBySeries(): Generator<number> {
      for (const id of allSeries.all()) yield (countRows.get(id) ?? 0) + (countArchived.get(id) ?? 0)
    },
  }
}
