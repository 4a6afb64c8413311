import { createLog } from '@hearthwatch/log'
import { noOptions } from '../notify/channel.ts'
import { createMail } from '../notify/channels/smtp.ts'
import { composer } from '../notify/compose.ts'
import { startNotify } from '../notify/deliver.ts'
import { createWords } from '../notify/words.ts'
import { openStore } from '../store/store.ts'

/** Sends what stands in a database and ends when all is sent; started, and killed, by notify-crash.test.ts. */
const [file = '', url = ''] = process.argv.slice(2)
const { notifications } = openStore(file)
startNotify({
  notifications,
  channels: [{ ...createMail({ url, recipients: [] }), ...noOptions, name: 'mail', kind: 'mail' }],
  compose: composer({ words: createWords({ language: 'en', timeZone: 'UTC' }) }),
  groupWait: 0,
  groupInterval: 0,
  now: Date.now,
  log: createLog('child', 'warn'),
  onChange: () => void (notifications.counts().pending === 0 && process.exit(0)),
})
