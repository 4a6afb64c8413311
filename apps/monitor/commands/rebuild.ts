import { existsSync } from 'node:fs'
import { readConfig } from '../config/config.ts'
import { backfillRollups } from '../nightly/backfill-rollups.ts'
import { DatabaseError } from '../store/file/open.ts'
import { openStore } from '../store/store.ts'
import { runCommand } from './run.ts'

const help = `npm run rebuild [-- --compact]

Computes the rollups, from which long charts are drawn, again from the readings. Needed only after readings have been
changed by hand. Rollups of readings that RETENTION_DAYS has deleted are not changed. Stop the monitor first. If this
command is stopped, its next run or the monitor continues. DATABASE_FILE names the database.

  --compact   also returns the disk space of archived readings, which new readings would use otherwise. Temporarily needs
              as much space as the database uses.
  --help      print this help`

process.exitCode = await runCommand(help, { compact: { type: 'boolean', default: false } }, ({ compact }) =>
  rebuild(readConfig().DATABASE_FILE, compact),
)

async function rebuild(file: string, compact: boolean): Promise<number> {
  if (!existsSync(file)) throw new DatabaseError(`${file} does not exist. Check DATABASE_FILE.`)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
  const store = openStore(file)
  try {
    // An unfinished rebuild is continued.
    if (store.readings.rebuild.unfinished().length === 0) store.transaction(store.readings.rebuild.begin)
    const isDone = await backfillRollups({ store, onProgress: printProgress, signal: stopping.signal })
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    console.log(isDone ? 'The rollups are complete.' : 'Stopped. Run it again or start the monitor to continue.')
    if (isDone && compact) store.readings.rebuild.compact()
    return isDone ? 0 : 1
  } finally {
    store.close()
  }
}

function printProgress(series: number, of: number, time: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Kseries ${series} of ${of}: ${new Date(time).toISOString().slice(0, 10)}`)
}
