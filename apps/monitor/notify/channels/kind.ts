import type { Localized } from '../text/localized.ts'
import type { ButtonLanguage } from './buttons.ts'
import type { Message, Preview, Transport } from './channel.ts'
import type { ChannelForm } from './form.ts'
import { type ChannelUrl, UrlMistake } from './url.ts'
import type { Vapid } from './vapid.ts'

/** Input of a channel type's parser. */
export interface ParseOptions {
  url: ChannelUrl
  /** The URL as written, without the parameters that every channel has. */
  text: string
  /** The setting or the form that has the values, for error messages. */
  setting: Localized
  /** `MAIL_FROM` and `MAIL_TO`, for mail. */
  mailFrom: string | undefined
  mailTo: readonly string[]
  language: ButtonLanguage
}

/** Values of the running program that a transport needs. */
export interface Runtime {
  now: () => number
  /** ms until a response must arrive; tests set shorter ones */
  timeout?: number | undefined
  /** For messages to browsers; commands have none. */
  vapid?: Vapid | undefined
}

/** Creates the transport of a parsed URL. */
export type CreateTransport = (runtime: Runtime) => Transport

/** A type of channel: one file in `channels/`, one line in `registry.ts`. */
export interface ChannelType {
  /** Name of the service in the API and on the page; also the channel's name if the URL sets none. */
  kind: string
  schemes: readonly string[]
  /** Query parameters allowed besides those of every channel; `any`: the type checks its parameters itself. */
  parameters: readonly string[] | 'any'
  /** Messages a month if the URL sets no budget; null: unlimited. */
  budget: number | null
  form: ChannelForm
  preview(message: Message, language: ButtonLanguage): Preview
  /** @throws UrlMistake with the problem; any other error means that the URL cannot be parsed */
  parse(options: ParseOptions): CreateTransport
}

/** The address of a service's API: the public one, or a compatible server given by the parameter `api`. */
export function apiOf({ query }: ChannelUrl, own: string): string {
  const given = query.get('api')
  if (given === undefined) return own
  if (!/^https?:\/\/[^\s/@?]+(?:\/[^\s?]*)?$/.test(given) || !URL.canParse(given))
    throw new UrlMistake('has api=…, which must be an http:// or https:// address')
  return given.replace(/\/+$/, '')
}

/** The recipients of one URL; each gets a message of their own. */
export function recipientsOf(given: readonly string[], pattern: RegExp, expected: string): string[] {
  if (given.length === 0) throw new UrlMistake(`names no recipient: ${expected}`)
  const wrong = given.findIndex((recipient) => !pattern.test(recipient))
  if (wrong >= 0) throw new UrlMistake(`has an invalid recipient (number ${wrong + 1}): ${expected}`)
  return [...new Set(given)]
}
