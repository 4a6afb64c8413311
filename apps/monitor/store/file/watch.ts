import { existsSync } from 'node:fs'
import { watchFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import { second } from '@hearthwatch/protocol/durations'
import type { Database } from 'better-sqlite3'

/** Interval of the checks. ms */
const every = 5 * second

/**
 * Checks that the database file has not been deleted or replaced. The open file would have no name then, and all later
 * writes would be lost with the process.
 * @param onLost called once; the process should end, so that the next start uses the file that is there
 * @returns stops the checks; call it after the database is closed
 */
export function watchDatabase(db: Database, file: string, log: Log, onLost: () => void): () => void {
  const watches = [file, `${file}-wal`].filter((one) => existsSync(one)).map(watchFile)
  const timer = setInterval(() => {
    const lost = watches.filter(({ isReplaced }) => isReplaced).map(({ file }) => file)
    if (lost.length === 0) return
    clearInterval(timer)
    log.error('THE DATABASE WAS DELETED OR REPLACED while it was in use; the monitor starts again and opens the current file', {
      lost,
    })
    // Writes the content of the log into the database, if that still exists.
    if (!lost.includes(file)) db.pragma('wal_checkpoint(TRUNCATE)')
    onLost()
  }, every)
  timer.unref()
  return () => {
    clearInterval(timer)
    for (const watch of watches) watch.close()
  }
}
