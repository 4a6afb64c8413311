import { silent } from '@hearthwatch/log'
import { archiveOldReadings } from '../../apps/monitor/nightly/archive-readings.ts'
import { openStore } from '../../apps/monitor/store/store.ts'

/** Folds what is old in a database and ends when all is folded; started, and killed, by history-crash.test.ts. */
const [file = '', now = ''] = process.argv.slice(2)
const store = openStore(file)
process.send?.('begun')
await archiveOldReadings({ store, now: () => Number(now), log: silent })
store.close()
process.exit(0)
