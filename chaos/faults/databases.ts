import { until } from '@hearthwatch/testhouse/eventually'
import { copyDatabase, deleteDatabase, deleteWal, restoreDatabase, zeroPage } from '../snapshot.ts'
import type { Testbed } from '../testbed.ts'
import { type Fault, noticeTimeout, outage, withMonitorStopped } from './fault.ts'

const disk = 'disk of monitor'
function replace(work: (testbed: Testbed) => void): Fault['draw'] {
  return withMonitorStopped(
    ({ testbed, history, beforeDatabase }) => {
      beforeDatabase()
      work(testbed)
      history.afterDatabase()
    },
    [disk],
  )
}

/** Faults of the monitor's database: lost, corrupt, or restored from an earlier copy. */
export const databaseFaults: readonly Fault[] = [
  {
    name: 'monitor killed, its database copied',
    weight: 1.5,
    draw: withMonitorStopped(({ testbed }) => copyDatabase(testbed.databaseFile, testbed.databaseCopy)),
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
      const { testbed, dice, history, beforeDatabase } = context
      return {
        parts: ['monitor', disk],
        async run() {
          await testbed.monitor.kill()
          beforeDatabase()
          // The page may contain readings, an index or the schema, or be unused.
          zeroPage(testbed.databaseFile, (pages) => dice.whole(0, pages - 1))
          // The monitor decides whether it can still use the database.
          history.afterDatabase('perhaps lost')
          await outage(context)
          testbed.monitor.start()
          // The database must not be read before the monitor has moved it aside.
          await until(() => testbed.get('/api/health').then(Boolean), noticeTimeout)
        },
      }
    },
  },
  {
    name: 'database deleted under the running monitor',
    weight: 0.4,
    draw: ({ testbed, history, beforeDatabase }) => ({
      parts: ['monitor', disk],
      async run() {
        const { crashes } = testbed.monitor
        const before = crashes.length
        deleteDatabase(testbed.databaseFile)
        history.afterDatabase()
        // The monitor must notice the loss before another fault may kill it.
        await until(() => crashes.length > before, noticeTimeout)
        // Mails sent until now belong to the deleted database.
        beforeDatabase()
      },
    }),
  },
]
