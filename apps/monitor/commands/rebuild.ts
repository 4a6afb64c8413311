import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { backfillRollups } from '../nightly/backfill-rollups.ts'
import { DatabaseError, isOutsideTrouble } from '../store/file/open.ts'
import { openStore } from '../store/store.ts'

const help = `npm run rebuild [-- --compact]

Makes the rollups anew, from which charts of days and years are drawn: what the readings of each five minutes and of each
hour come to. Needed only after readings have been changed by hand. Rollups of readings that RETENTION_DAYS has deleted
stay as they are. Stop the monitor first. May be stopped and run again: it goes on where it was, and so does the monitor.
The database is the one that DATABASE_FILE names.

  --compact   gives the room back to the disk, too, that old readings took before they were folded; new ones would use it
              otherwise. Needs as much room as the database has in use.`

process.exitCode = await main()

async function main(): Promise<number> {
  let compact: boolean
  try {
    const { values } = parseArgs({ options: { compact: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } })
    compact = values.compact
    if (values.help) {
      console.log(help)
      return 0
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  try {
    return await rebuild(readConfig().DATABASE_FILE, compact)
  } catch (error) {
    const isForPeople = ['SettingsError', 'DatabaseError'].includes((error as Error).name) || isOutsideTrouble(error)
    console.error(isForPeople ? (error as Error).message : error)
    return 1
  }
}

async function rebuild(file: string, compact: boolean): Promise<number> {
  if (!existsSync(file)) throw new DatabaseError(`${file} is not there. DATABASE_FILE says which file it is.`)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
  const store = openStore(file)
  try {
    // What was begun before is finished first.
    if (store.readings.rebuild.unfinished().length === 0) store.transaction(store.readings.rebuild.begin)
    const isDone = await backfillRollups({ store, onProgress: tell, signal: stopping.signal })
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    console.log(isDone ? 'The rollups are complete.' : 'Stopped. Run it again, or start the monitor: it goes on where it was.')
    if (isDone && compact) store.readings.rebuild.compact()
    return isDone ? 0 : 1
  } finally {
    store.close()
  }
}

function tell(series: number, of: number, time: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Kseries ${series} of ${of}: ${new Date(time).toISOString().slice(0, 10)}`)
}
