import { silent } from '@hearthwatch/log'
import { noOptions } from '../../notify/channels/channel.ts'
import { createMail } from '../../notify/channels/smtp.ts'
import { startDelivery } from '../../notify/deliver.ts'
import { openDatabase } from '../../store/file/open.ts'
import { storeNotifications } from '../../store/notifications.ts'

/** Sends the notifications of a database, and exits. notify/crash.test.ts starts and kills it, so it loads few modules. */
const [file = '', url = ''] = process.argv.slice(2)
const notifications = storeNotifications(openDatabase(file))
startDelivery({
  notifications,
  channels: [{ ...createMail({ url, recipients: [] }), ...noOptions, name: 'mail', kind: 'mail' }],
  compose: ({ contents }) => ({ subject: 'warm', text: JSON.stringify(contents), html: '', link: null, acknowledge: null, contents }),
  groupWait: 0,
  groupInterval: 0,
  now: Date.now,
  log: silent,
  onChange: () => void (notifications.counts().pending === 0 && process.exit(0)),
})
