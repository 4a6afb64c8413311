import type { Log } from '@hearthwatch/log'
import type { Database } from 'better-sqlite3'

/**
 * Marks the database as open. If it was not closed cleanly and its write-ahead log is missing, its pages may be of different
 * times. No check can detect that, so no row counts as received. The sensors send all rows that they still have, and stored
 * ones are recognised as repeats.
 * @param hadLog true if the write-ahead log existed before the database was opened
 */
export function markOpen(db: Database, hadLog: boolean, log: Log | undefined): void {
  const wasOpen = db.prepare<[], number>('SELECT open FROM opened').pluck().get() === 1
  db.transaction(() => {
    if (wasOpen && !hadLog) {
      const { changes } = db.prepare('UPDATE epoch SET kept = 0, begun = 0 WHERE kept > 0').run()
      if (changes > 0)
        log?.warn('the write-ahead log of the database is missing; the sensors are asked for all readings that they still have', {
          records: changes,
        })
    }
    db.prepare('UPDATE opened SET open = 1').run()
  }).immediate()
  // Written to the file itself, because the log may be lost.
  db.pragma('wal_checkpoint(PASSIVE)')
}

export function markClosed(db: Database): void {
  db.prepare('UPDATE opened SET open = 0').run()
}
