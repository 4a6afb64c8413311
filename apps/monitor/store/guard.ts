import { existsSync } from 'node:fs'
import type { Log } from '@hearthwatch/log'
import type { Database } from 'better-sqlite3'
import { watchFiles } from './displaced.ts'

/** How often it is looked whether the database still is where it was opened. ms */
const every = 5000

/**
 * A database that was deleted or replaced under the monitor goes on as a file without a name: all that is written to it
 * is gone with the process.
 * @param onLost called once: the process should end, for its next start takes what lies there by then
 * @returns stops it; after the database is closed
 */
export function guardFiles(db: Database, file: string, log: Log, onLost: () => void): () => void {
  const watch = watchFiles([file, `${file}-wal`].filter((one) => existsSync(one)))
  const timer = setInterval(() => {
    const lost = watch.displaced()
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
    watch.close()
  }
}
