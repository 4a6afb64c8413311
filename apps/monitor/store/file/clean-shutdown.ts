import type { Log } from '@hearthwatch/log'
import type { Database } from 'better-sqlite3'

/**
 * A database that was in use and comes without its log, because somebody has deleted that or has copied the file alone,
 * may be of several moments at once: what is said to be kept need not be there, and no check can see it. So nothing
 * counts as kept any more. The sensors are asked for all that they still hold, and what is there already is a repeat.
 * @param hadLog whether its log was there before it was opened
 */
export function noteOpened(db: Database, hadLog: boolean, log: Log | undefined): void {
  const wasOpen = db.prepare<[], number>('SELECT open FROM opened').pluck().get() === 1
  db.transaction(() => {
    if (wasOpen && !hadLog) {
      const { changes } = db.prepare('UPDATE epoch SET kept = 0, begun = 0 WHERE kept > 0').run()
      if (changes > 0)
        log?.warn('the database comes without its log: the sensors are asked for all that they still hold', { records: changes })
    }
    db.prepare('UPDATE opened SET open = 1').run()
  }).immediate()
  // In the file itself: with its log it would get lost as well.
  db.pragma('wal_checkpoint(PASSIVE)')
}

export function noteClosed(db: Database): void {
  db.prepare('UPDATE opened SET open = 0').run()
}
