import type { Database } from 'better-sqlite3'
import { oneHour, type Rollups } from './rollups.ts'
import type { Slices } from './slices.ts'

const day = 24 * oneHour
/** After so many readings a step ends with the hour. */
const many = 10_000
const always = Number.MAX_SAFE_INTEGER

export type Rebuild = ReturnType<typeof rebuildRollups>

/**
 * Makes the rollups anew from the readings, a day of one series at a time: each step is a transaction, and where the work
 * stands is in the database. Readings may come in meanwhile: what they add to is either counted anew later, with them in
 * it, or has been already. Rollups of readings that retention has deleted stay as they are.
 */
export function rebuildRollups(db: Database, rollups: Rollups, slices: Slices) {
  const unfinished = db.prepare<[], { id: number; rolled: number }>('SELECT id, rolled FROM series WHERE rolled IS NOT NULL')
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
    /** All of them are to be made anew. Within a transaction of their own. */
    begin: () => void beginAll.run(),

    /** Series whose rollups are not complete, and from where on (ms). */
    unfinished: () => unfinished.all(),

    /** Gives the file's free pages back to the disk, by writing all of it anew: as much room is needed once more. */
    compact: () => void db.exec('VACUUM'),

    /** Does a day of one series. @returns from where to go on; null: it is complete */
    step({ id, rolled }: { id: number; rolled: number }): number | null {
      try {
        return stepAlone.immediate(id, rolled)
      } catch (error) {
        rollups.forget()
        throw error
      }
    },
  }
}
