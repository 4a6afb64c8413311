import type { ButtonLanguage } from './buttons.ts'
import type { Transport } from './channel.ts'
import { type ChannelUrl, UrlMistake } from './url.ts'

/** What a transport is made of. */
export interface Making {
  url: ChannelUrl
  /** The URL as it was written, without the parameters that every channel has. */
  text: string
  /** Which setting it stands in, for people. */
  setting: string
  /** `MAIL_FROM` and `MAIL_TO`, for mail. */
  mailFrom: string | undefined
  mailTo: readonly string[]
  language: ButtonLanguage
  now: () => number
  /** ms until an answer must be there; shorter ones are for tests. */
  patience?: number | undefined
}

/** A kind of channel: one file in `channels/`, one line in `channels.ts`. */
export interface ChannelType {
  /** As people and the API call it, and its name where no other is given. */
  kind: string
  schemes: readonly string[]
  /** What may stand in its URL's query besides what every channel has; `any`: it has parameters of its own. */
  parameters: readonly string[] | 'any'
  /** Messages a month, where nothing else is said; null: as many as there are. */
  budget: number | null
  /** @throws UrlMistake where something is wrong with the URL; any other error means that it cannot be read */
  make(making: Making): Transport
}

/** The address of a service's API: its own, or another one that speaks the same language, by the parameter `api`. */
export function apiOf({ query }: ChannelUrl, own: string): string {
  const given = query.get('api')
  if (given === undefined) return own
  if (!/^https?:\/\/[^\s/@?]+(?:\/[^\s?]*)?$/.test(given) || !URL.canParse(given))
    throw new UrlMistake('has api=…, which must be an http:// or https:// address')
  return given.replace(/\/+$/, '')
}

/** Several recipients of one URL; each gets a message of its own. */
export function recipientsOf(given: readonly string[], pattern: RegExp, wish: string): string[] {
  if (given.length === 0) throw new UrlMistake(`names nobody to send to: ${wish}`)
  const wrong = given.findIndex((recipient) => !pattern.test(recipient))
  if (wrong >= 0) throw new UrlMistake(`has a recipient (number ${wrong + 1}) that is none: ${wish}`)
  return [...new Set(given)]
}
