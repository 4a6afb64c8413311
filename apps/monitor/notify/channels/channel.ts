import type { Severity } from '@hearthwatch/api/severity'
import type { Zone } from '../../localtime.ts'
import type { Content } from '../../store/notifications.ts'
import type { Localized } from '../text/localized.ts'
import type { EventNames } from './webhook-body.ts'

/** A message to one recipient. Only the id, the recipient and the addresses are free of text that came by MQTT. */
export interface Message {
  /** A UUID, the same on each attempt, so that a duplicate can be recognised. */
  id: string
  /** One of the channel's recipients. */
  recipient: string
  severity: Severity
  /** Ids of earlier messages about the same alerts, the first one first; default: none. */
  thread?: readonly string[]
  /** One line. */
  subject: string
  text: string
  html: string
  /** Address of the page with the details. */
  link: string | null
  /** Signed address: POST acknowledges the alerts, GET shows a page that asks first. */
  acknowledge: string | null
  /** The view of the page with the details, such as `#/room/kitchen`, for a program that knows the page's address; default: home. */
  view?: string
  /** The token of `acknowledge`, which is there without PUBLIC_URL as well; default: none. */
  token?: string | null
  /** The same for programs, oldest first. */
  contents: readonly Content[]
  /** The names for people of what `contents` has by id; default: the ids. */
  names?: EventNames | undefined
}

/** A message as its recipient sees it. */
export interface Preview {
  /** Null: the service shows none. */
  title: string | null
  text: string
  /** Null: the service shows the text. */
  html: string | null
  /** Labels of the buttons below the text. */
  buttons: string[]
}

/** Quiet hours: the channel sends only critical messages. */
export interface Quiet {
  /** Minutes after local midnight. */
  from: number
  /** The first minute after the quiet hours; if it is before `from`, on the next day. */
  until: number
  /** Days on which the quiet hours begin; 0 is Sunday. */
  days: ReadonlySet<number>
  zone: Zone
}

/** Options of every channel, from the query of its URL. */
export interface ChannelOptions {
  readonly quiet: Quiet | null
  /** Most messages in a calendar month; a message to two recipients counts as two. */
  readonly budget: { readonly perMonth: number } | null
  /** Least severity that is sent. */
  readonly minimum: Severity
}

export const noOptions: ChannelOptions = { quiet: null, budget: null, minimum: 'info' }

/** The connection to a service: all that a new channel type has to implement. */
export interface Transport {
  readonly recipients: readonly string[]
  /** Host and port, for a test message of a mail server. */
  readonly server?: string
  /**
   * Resolves when the service has accepted the message, which may take about a minute.
   * @throws DeliveryError if it has not, or if that is unknown
   */
  send(message: Message): Promise<void>
  /**
   * Checks the credentials without sending; missing if the service has no such call.
   * @throws DeliveryError if the service does not accept them, or does not answer
   */
  check?: (() => Promise<void>) | undefined
  /** Closes the connections; a message that is being sent fails. */
  close(): void
}

/** A channel of the settings. */
export interface Channel extends Transport, ChannelOptions {
  /** Its name in the database, in the API and in rules. */
  readonly name: string
  /** The service: `mail`, `ntfy`, … */
  readonly kind: string
}

/**
 * `refused` means that this message or recipient is refused permanently. `later` means that this message is not accepted now.
 * `unreachable` means that no message is accepted now, `locked-out` that none is until a person corrects the settings.
 * `gone` means that the recipient has left for good: a channel of the page is removed.
 */
export type FailureKind = 'gone' | 'refused' | 'later' | 'unreachable' | 'locked-out'

/** Why a message was not delivered, without secrets; `message` is the English text. */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  readonly kind: FailureKind
  /** Wait that the service asks for. ms */
  readonly retryAfter: number | null
  readonly why: Localized
  constructor(kind: FailureKind, why: Localized, { retryAfter = null, ...options }: ErrorOptions & { retryAfter?: number | null } = {}) {
    super(why.en, options)
    this.kind = kind
    this.why = why
    this.retryAfter = retryAfter
  }
}
