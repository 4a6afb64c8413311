import type { Database } from 'better-sqlite3'

/** Rows deleted in one transaction; it takes a few ms, so that readings and the page hardly wait. */
const rowsPerStep = 5000

/**
 * Forgets the series of a room, and deletes forgotten series.
 * @param onChanged called after a change, so that caches are cleared
 */
export function forgetSeries(db: Database, onChanged: () => void) {
  const forget = db.prepare<[{ room: string; at: number }]>('UPDATE series SET forgotten = :at WHERE room = :room AND forgotten IS NULL')
  const forgotten = db.prepare<[string], number>('SELECT id FROM series WHERE room = ? AND forgotten IS NOT NULL').pluck()
  const isForgotten = db.prepare<[number], number>('SELECT 1 FROM series WHERE id = ? AND forgotten IS NOT NULL').pluck()
  const parts = [
    `DELETE FROM reading WHERE series = :id AND time IN (SELECT time FROM reading WHERE series = :id LIMIT ${rowsPerStep})`,
    'DELETE FROM block WHERE id IN (SELECT id FROM block WHERE series = :id LIMIT 100)',
    `DELETE FROM rollup_5m WHERE series = :id AND bucket IN (SELECT bucket FROM rollup_5m WHERE series = :id LIMIT ${rowsPerStep})`,
    `DELETE FROM rollup_1h WHERE series = :id AND bucket IN (SELECT bucket FROM rollup_1h WHERE series = :id LIMIT ${rowsPerStep})`,
    'DELETE FROM series WHERE id = :id',
  ].map((sql) => db.prepare<[{ id: number }]>(sql))

  const deleteSome = db.transaction((id: number): boolean => {
    // Its next reading has arrived meanwhile: what is left stays.
    if (isForgotten.get(id) === undefined) return false
    return parts.some((part) => part.run({ id }).changes > 0)
  })

  return {
    /** Hides the series of a room until their next reading. @param at ms @returns the number of series */
    forgetRoom(room: string, at: number): number {
      const { changes } = forget.run({ room, at })
      onChanged()
      return changes
    },

    /** Deletes the forgotten series of a room with all their readings, one transaction for each step. */
    *deleteForgotten(room: string): Generator<void> {
      for (const id of forgotten.all(room)) {
        while (deleteSome.immediate(id)) yield
        onChanged()
      }
    },
  }
}
