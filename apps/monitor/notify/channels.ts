import type { Log } from '@hearthwatch/log'
import { SettingsError } from '@hearthwatch/settings'
import type { Config } from '../config.ts'
import { type Channel, noOptions } from './channel.ts'
import { createMail } from './channels/smtp.ts'

type ChannelConfig = Pick<Config, 'SMTP_URL' | 'MAIL_FROM' | 'mailTo'>
type Maker = (url: string, config: ChannelConfig) => Channel

const mail: Maker = (url, { MAIL_FROM: from, mailTo: recipients }) => ({
  ...createMail({ url, from, recipients }),
  ...noOptions,
  name: 'mail',
  kind: 'mail',
})

/** One line a kind of channel: the scheme of its URL, and what makes it. */
const makers: ReadonlyMap<string, Maker> = new Map([
  ['smtp:', mail],
  ['smtps:', mail],
])

/**
 * The channels of the settings; none where there is nothing to send with.
 * @throws SettingsError where one cannot be made
 */
export function createChannels(config: ChannelConfig, log: Log): Channel[] {
  const { SMTP_URL: url } = config
  if (url === undefined) {
    log.warn('nobody is told of alerts: SMTP_URL is not set')
    return []
  }
  const make = makers.get(url.slice(0, url.indexOf(':') + 1))
  try {
    if (make) return [make(url, config)]
  } catch {
    // The error of a URL repeats the URL, and with it the password.
  }
  throw new SettingsError(['SMTP_URL is not an address (in user name and password write @ as %40, : as %3A, / as %2F, # as %23, % as %25)'])
}
