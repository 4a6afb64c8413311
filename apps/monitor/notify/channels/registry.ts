import type { Log } from '@hearthwatch/log'
import { SettingsError } from '@hearthwatch/settings'
import type { Config } from '../../config.ts'
import { said } from '../text/said.ts'
import { type Channel, DeliveryError, type Transport } from './channel.ts'
import { discord } from './discord.ts'
import type { ChannelType, Making } from './kind.ts'
import { line } from './line.ts'
import { ntfy } from './ntfy.ts'
import { optionNames, type ReadOptions, readOptions } from './options.ts'
import { slack } from './slack.ts'
import { smtp } from './smtp.ts'
import { telegram } from './telegram.ts'
import { twilio } from './twilio.ts'
import { readUrl, UrlMistake, withoutParameters } from './url.ts'
import { webhook } from './webhook.ts'

/** One line a kind of channel. */
export const kinds: readonly ChannelType[] = [smtp, ntfy, line, telegram, discord, slack, twilio, webhook]

export type ChannelConfig = Partial<Pick<Config, 'SMTP_URL' | 'NOTIFY_URLS' | 'MAIL_FROM' | 'TZ' | 'UI_LANGUAGE'>> & Pick<Config, 'mailTo'>

interface Made {
  kind: ChannelType
  options: ReadOptions
  transport: Transport
}

/**
 * The channels of the settings, mail first; none where there is nothing to send with.
 * @throws SettingsError naming all that is wrong with any of them
 */
export function createChannels(config: ChannelConfig, log: Log, now: () => number): Channel[] {
  const { channels, problems } = readChannels(config, now)
  if (problems.length > 0) throw new SettingsError(problems)
  if (channels.length === 0) log.warn('nobody is told of alerts: neither SMTP_URL nor NOTIFY_URLS is set')
  return channels
}

/** What is wrong with the channels of the settings, as sentences without secrets. */
export function channelProblems(config: ChannelConfig): string[] {
  const { channels, problems } = readChannels(config, Date.now)
  for (const channel of channels) channel.close()
  return problems
}

function readChannels(config: ChannelConfig, now: () => number): { channels: Channel[]; problems: string[] } {
  const { SMTP_URL, NOTIFY_URLS = '' } = config
  const problems: string[] = []
  const made: Made[] = []
  const given: [subject: string, url: string][] = NOTIFY_URLS.split(/\s+/)
    .filter((url) => url !== '')
    .map((url, i) => [`NOTIFY_URLS, number ${i + 1}${schemeOf(url)}`, url])
  if (SMTP_URL !== undefined) given.unshift(['SMTP_URL', SMTP_URL])
  for (const [subject, url] of given) {
    const { channel, wrong } = readChannel(url, subject === 'SMTP_URL' ? subject : 'NOTIFY_URLS', config, now)
    problems.push(...wrong.map((problem) => `${subject} ${problem}`))
    if (channel) made.push(channel)
  }
  const names = made.flatMap(({ options: { name } }) => (name === undefined ? [] : [name]))
  for (const name of new Set(names))
    if (names.filter((other) => other === name).length > 1) problems.push(`NOTIFY_URLS has several channels with name=${name}`)
  return { channels: named(made), problems }
}

/** Of the URL itself nothing is said: wherever its secret may stand, it is not shown. */
function schemeOf(url: string): string {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase()
  return kinds.some(({ schemes }) => schemes.includes(scheme ?? '')) ? ` (${scheme}://***)` : ''
}

function readChannel(text: string, setting: string, config: ChannelConfig, now: () => number): { channel?: Made; wrong: string[] } {
  const wrong: string[] = []
  try {
    const url = readUrl(text)
    const kind = kinds.find(({ schemes }) => schemes.includes(url.scheme))
    if (kind === undefined)
      throw new UrlMistake(`has a scheme that nobody knows (known: ${kinds.flatMap(({ schemes }) => schemes).join(', ')})`)
    const { options, problems } = readOptions(url.query, config.TZ, kind.budget)
    wrong.push(...problems)
    const strange = [...url.query.keys()].filter(
      (name) => kind.parameters !== 'any' && !kind.parameters.includes(name) && !optionNames.has(name),
    )
    if (strange.length > 0)
      wrong.push(
        `has parameters that ${kind.kind} does not know: ${strange.length} of them; it knows ${[...optionNames, ...kind.parameters].join(', ')}`,
      )
    const making: Making = {
      url,
      text: withoutParameters(text, optionNames),
      setting,
      mailFrom: config.MAIL_FROM,
      mailTo: config.mailTo,
      language: config.UI_LANGUAGE ?? 'en',
      now,
    }
    return { channel: { kind, options, transport: kind.make(making) }, wrong }
  } catch (error) {
    // The error of a URL repeats the URL, and with it the password.
    wrong.push(error instanceof UrlMistake ? error.message : unreadable)
    return { wrong }
  }
}

const unreadable = 'is not an address (in user name and password write @ as %40, : as %3A, / as %2F, # as %23, % as %25)'

/** Names that are given stay; the others are made of the kind, and numbered where there are several. */
function named(made: readonly Made[]): Channel[] {
  const taken = new Set(made.map(({ options: { name } }) => name))
  return made.map(({ kind: { kind }, options: { name: given, ...options }, transport }) => {
    let name = given ?? kind
    for (let number = 2; given === undefined && taken.has(name); number += 1) name = `${kind}-${number}`
    taken.add(name)
    return {
      ...options,
      name,
      kind,
      recipients: transport.recipients,
      send: (message) => sendToKnown(transport, message),
      close: () => transport.close(),
    }
  })
}

/** A recipient is who stands in the settings, not who stands in a row of a table. */
async function sendToKnown(transport: Transport, message: Parameters<Transport['send']>[0]): Promise<void> {
  if (!transport.recipients.includes(message.recipient))
    throw new DeliveryError(
      'refused',
      said(
        `${message.recipient} is no recipient of this channel any more: the settings have changed.`,
        `${message.recipient} 已不是這個管道的收件者：設定已變更。`,
      ),
    )
  await transport.send(message)
}
