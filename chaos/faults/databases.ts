import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs'
import type { Dice } from '../dice.ts'
import type { House } from '../house.ts'
import { copyDatabase, deleteDatabase, deleteWal, restoreDatabase } from '../snapshot.ts'
import { type Fault, outage, until, withMonitorDead } from './fault.ts'

const disk = 'disk of monitor'
/** bytes */
const page = 4096

function replace(work: (house: House) => void): Fault['draw'] {
  return withMonitorDead(
    ({ house, history, beforeDatabase }) => {
      beforeDatabase()
      work(house)
      history.afterDatabase()
    },
    [disk],
  )
}

/** Wherever it is: a page of readings, of an index, of the schema, or one that nobody needs. */
function zeroPage(file: string, dice: Dice): void {
  if (!existsSync(file)) return
  const descriptor = openSync(file, 'r+')
  const pages = Math.floor(statSync(file).size / page)
  if (pages > 0) writeSync(descriptor, Buffer.alloc(page), 0, page, dice.whole(0, pages - 1) * page)
  closeSync(descriptor)
}

/** The monitor's database is lost, spoilt, or comes back from the past. */
export const databaseFaults: readonly Fault[] = [
  {
    name: 'monitor killed, its database copied',
    weight: 1.5,
    draw: withMonitorDead(({ house }) => copyDatabase(house.databaseFile, house.databaseCopy)),
  },
  {
    name: 'database restored from an earlier copy',
    weight: 1,
    draw: replace(({ databaseFile, databaseCopy }) => void restoreDatabase(databaseFile, databaseCopy)),
  },
  { name: 'database deleted', weight: 0.5, draw: replace(({ databaseFile }) => deleteDatabase(databaseFile)) },
  { name: 'database without its WAL', weight: 0.5, draw: replace(({ databaseFile }) => deleteWal(databaseFile)) },
  {
    name: 'database with a page zeroed',
    weight: 0.6,
    draw: (context) => {
      const { house, dice, history, beforeDatabase } = context
      return {
        parts: ['monitor', disk],
        async run() {
          await house.monitor.kill()
          beforeDatabase()
          zeroPage(house.databaseFile, dice)
          // Whether it is used again is for the monitor to say.
          history.afterDatabase('perhaps lost')
          await outage(context)
          house.monitor.start()
          // Nobody else may read it before it has been moved aside.
          await until(() => house.get('/api/health').then(Boolean))
        },
      }
    },
  },
  {
    name: 'database deleted under the running monitor',
    weight: 0.4,
    draw: ({ house, history, beforeDatabase }) => ({
      parts: ['monitor', disk],
      async run() {
        const { accidents } = house.monitor
        const before = accidents.length
        deleteDatabase(house.databaseFile)
        history.afterDatabase()
        // Killed before it has noticed it would be another fault.
        await until(() => accidents.length > before)
        // Until then it has told people by the one that is gone.
        beforeDatabase()
      },
    }),
  },
]
