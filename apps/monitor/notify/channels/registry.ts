import type { Zone } from '../../localtime.ts'
import { type Localized, localized } from '../text/localized.ts'
import { browser } from './browser.ts'
import type { ButtonLanguage } from './buttons.ts'
import { type Channel, type ChannelOptions, DeliveryError, type Transport } from './channel.ts'
import { discord } from './discord.ts'
import type { ChannelType, CreateTransport, Runtime } from './kind.ts'
import { line } from './line.ts'
import { ntfy } from './ntfy.ts'
import { optionNames, type ReadOptions, readOptions } from './options.ts'
import { slack } from './slack.ts'
import { smtp } from './smtp.ts'
import { telegram } from './telegram.ts'
import { twilio } from './twilio.ts'
import { readUrl, UrlMistake, withoutParameters } from './url.ts'
import { webhook } from './webhook.ts'

/** One line for each type of channel. */
export const channelTypes: readonly ChannelType[] = [smtp, ntfy, line, telegram, discord, slack, twilio, browser, webhook]

export interface ChannelSettings {
  SMTP_URL?: string | undefined
  NOTIFY_URLS?: string | undefined
  MAIL_FROM?: string | undefined
  mailTo: readonly string[]
  TZ?: Zone
  UI_LANGUAGE?: ButtonLanguage | undefined
}

/** A channel of the settings, checked but not connected. */
export interface ParsedChannel extends ChannelOptions {
  readonly name: string
  readonly kind: string
  readonly createTransport: CreateTransport
}

export interface ParsedUrl {
  type: ChannelType
  options: ReadOptions
  createTransport: CreateTransport
}

/** The channels of the settings, mail first, and every mistake in them as a sentence without secrets. */
export function parseChannels(settings: ChannelSettings): { channels: ParsedChannel[]; problems: string[] } {
  const { SMTP_URL, NOTIFY_URLS = '' } = settings
  const problems: string[] = []
  const parsed: ParsedUrl[] = []
  const given: [subject: string, url: string][] = NOTIFY_URLS.split(separator)
    .filter((url) => url !== '')
    .map((url, i) => [`NOTIFY_URLS, number ${i + 1}${schemeOf(url)}`, url])
  if (SMTP_URL !== undefined) given.unshift(['SMTP_URL', SMTP_URL])
  for (const [subject, url] of given) {
    const setting = subject === 'SMTP_URL' ? subject : 'NOTIFY_URLS'
    const { channel, wrong } = parseChannel(url, localized(setting, setting), settings)
    problems.push(...wrong.map((problem) => `${subject} ${problem}`))
    if (channel) parsed.push(channel)
  }
  const names = parsed.flatMap(({ options: { name } }) => (name === undefined ? [] : [name]))
  for (const name of new Set(names))
    if (names.filter((other) => other === name).length > 1) problems.push(`NOTIFY_URLS has several channels with name=${name}`)
  return { channels: named(parsed), problems }
}

/** White space; also a comma or semicolon before the next URL, which would otherwise be a part of the one before. */
const separator = new RegExp(`\\s+|[,;](?=(?:${channelTypes.flatMap(({ schemes }) => schemes).join('|')})://|\\s|$)`, 'i')

/** Creates a channel that notifications are sent to. */
export function createChannel({ createTransport, ...channel }: ParsedChannel, now: () => number, vapid?: Runtime['vapid']): Channel {
  const transport = createTransport({ now, vapid })
  return {
    ...channel,
    recipients: transport.recipients,
    ...(transport.server === undefined ? {} : { server: transport.server }),
    send: (message) => sendToKnown(transport, message),
    check: transport.check,
    close: () => transport.close(),
  }
}

/** Only the scheme of the URL is printed: a secret may be in any other part. */
function schemeOf(url: string): string {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase()
  return channelTypes.some(({ schemes }) => schemes.includes(scheme ?? '')) ? ` (${scheme}://***)` : ''
}

/** @param setting has the URL, for error messages */
export function parseChannel(
  text: string,
  setting: Localized,
  settings: Omit<ChannelSettings, 'SMTP_URL' | 'NOTIFY_URLS'>,
): { channel?: ParsedUrl; wrong: string[] } {
  const wrong: string[] = []
  try {
    const url = readUrl(text)
    const type = channelTypes.find(({ schemes }) => schemes.includes(url.scheme))
    if (type === undefined)
      throw new UrlMistake(`has an unknown scheme (known: ${channelTypes.flatMap(({ schemes }) => schemes).join(', ')})`)
    const { options, problems } = readOptions(url.query, settings.TZ, type.budget)
    wrong.push(...problems)
    const unknown = [...url.query.keys()].filter(
      (name) => type.parameters !== 'any' && !type.parameters.includes(name) && !optionNames.has(name),
    )
    if (unknown.length > 0)
      wrong.push(
        `has parameters that ${type.kind} does not know: ${unknown.length} of them; it knows ${[...optionNames, ...type.parameters].join(', ')}`,
      )
    const createTransport = type.parse({
      url,
      text: withoutParameters(text, optionNames),
      setting,
      mailFrom: settings.MAIL_FROM,
      mailTo: settings.mailTo,
      language: settings.UI_LANGUAGE ?? 'en',
    })
    return { channel: { type, options, createTransport }, wrong }
  } catch (error) {
    // A URL's own error repeats the URL, and with it the password.
    wrong.push(error instanceof UrlMistake ? error.message : unreadable)
    return { wrong }
  }
}

const unreadable = 'is not an address (in user name and password write @ as %40, : as %3A, / as %2F, # as %23, % as %25)'

/** Keeps the names that URLs set. Other channels are named after their type, and numbered if a name is taken. */
function named(parsed: readonly ParsedUrl[]): ParsedChannel[] {
  const taken = new Set(parsed.map(({ options: { name } }) => name))
  return parsed.map(({ type: { kind }, options: { name: given, ...options }, createTransport }) => {
    let name = given ?? kind
    for (let number = 2; given === undefined && taken.has(name); number += 1) name = `${kind}-${number}`
    taken.add(name)
    return { ...options, name, kind, createTransport }
  })
}

/** Sends only to recipients of the settings; a row of the database cannot add one. */
async function sendToKnown(transport: Transport, message: Parameters<Transport['send']>[0]): Promise<void> {
  if (!transport.recipients.includes(message.recipient))
    throw new DeliveryError(
      'refused',
      localized(
        `${message.recipient} is no longer a recipient of this channel: the settings have changed.`,
        `${message.recipient} 已不是這個管道的收件者：設定已變更。`,
      ),
    )
  await transport.send(message)
}
