import { silent } from '@hearthwatch/log'
import { archiveOldReadings } from '../../nightly/archive-readings.ts'
import { openStore } from '../../store/store.ts'

/** Archives the old readings of a database, and exits. archive-crash.test.ts starts and kills it. */
const [file = '', now = ''] = process.argv.slice(2)
const store = openStore(file)
process.send?.('begun')
await archiveOldReadings({ store, now: () => Number(now), log: silent })
store.close()
process.exit(0)
