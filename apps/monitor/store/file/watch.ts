import { existsSync } from 'node:fs'
import { watchFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import type { Database } from 'better-sqlite3'

/** How often it is looked whether the database still is where it was opened. ms */
const every = 5000

/**
 * A database that was deleted or replaced under the monitor goes on as a file without a name: all that is written to it
 * is gone with the process.
 * @param onLost called once: the process should end, for its next start takes what lies there by then
 * @returns stops it; after the database is closed
 */
export function guardFiles(db: Database, file: string, log: Log, onLost: () => void): () => void {
  const watches = [file, `${file}-wal`].filter((one) => existsSync(one)).map(watchFile)
  const timer = setInterval(() => {
    const lost = watches.filter(({ isReplaced }) => isReplaced).map(({ file }) => file)
    if (lost.length === 0) return
    clearInterval(timer)
    log.error('THE DATABASE WAS DELETED OR REPLACED while it was in use: starting again on what lies there now', { lost })
    // What only the log held is safe in the database, if that is still there.
    if (!lost.includes(file)) db.pragma('wal_checkpoint(TRUNCATE)')
    onLost()
  }, every)
  timer.unref()
  return () => {
    clearInterval(timer)
    for (const watch of watches) watch.close()
  }
}
