import type { Database } from 'better-sqlite3'
import { oneHour, type Rollups } from './rollups.ts'
import type { Slices } from './slices.ts'

const day = 24 * oneHour
/** After this many readings a step ends with the hour. */
const many = 10_000
const always = Number.MAX_SAFE_INTEGER

export type Rebuild = ReturnType<typeof rebuildRollups>

/**
 * Rebuilds the rollups from the readings, a day of one series at a time. Each step is a transaction, and the progress is
 * stored in the database. New readings may be stored meanwhile: they are counted once, before or after the rebuild of
 * their hour. Rollups of deleted readings are not changed.
 */
export function rebuildRollups(db: Database, rollups: Rollups, slices: Slices) {
  const unfinished = db.prepare<[], { id: number; rolledUpTo: number }>(
    'SELECT id, rolled AS rolledUpTo FROM series WHERE rolled IS NOT NULL',
  )
  const beginAll = db.prepare(`UPDATE series SET rolled = (ifnull(swept, 0) + ${oneHour - 1}) / ${oneHour} * ${oneHour}`)
  const note = db.prepare<[number | null, number]>('UPDATE series SET rolled = ? WHERE id = ?')

  const stepAlone = db.transaction((id: number, from: number): number | null => {
    let hour: number | null = null
    let end = always
    let read = 0
    for (const { time, value } of slices.each(id, from, always)) {
      const its = time - (time % oneHour)
      if (hour === null) end = time - (time % day) + day
      if (time >= end || (read >= many && its !== hour)) {
        end = Math.min(end, its)
        break
      }
      hour = its
      read += 1
      rollups.add(id, time, value)
    }
    rollups.clear(id, from, end)
    rollups.flush()
    const next = hour === null ? null : end
    note.run(next, id)
    return next
  })

  return {
    /** Marks all rollups for the rebuild. Within a transaction of its own. */
    begin: () => void beginAll.run(),

    /** Series with incomplete rollups, and the time (ms) up to which they are complete. */
    unfinished: () => unfinished.all(),

    /** Rewrites the file without free pages; temporarily needs as much disk space again. */
    compact: () => void db.exec('VACUUM'),

    /** Rebuilds a day of one series. @returns the time to continue from; null: complete */
    step({ id, rolledUpTo }: { id: number; rolledUpTo: number }): number | null {
      try {
        return stepAlone.immediate(id, rolledUpTo)
      } catch (error) {
        rollups.forget()
        throw error
      }
    },
  }
}
