import type { Severity } from '@hearthwatch/api/severity'
import type { Zone } from '../../localtime.ts'
import type { Content } from '../../store/notifications.ts'
import type { Localized } from '../text/localized.ts'

/** What one person is told in one go, in words. Everything in it may stem from strangers but the id, the recipient and the addresses. */
export interface Message {
  /** A UUID, the same on each try: whoever gets the message twice can tell by it. */
  id: string
  /** One of the channel's recipients. */
  recipient: string
  severity: Severity
  /** One line. */
  subject: string
  text: string
  html: string
  /** Address of the page that shows more of it. */
  link: string | null
  /** Signed: who sends POST there acknowledges, who opens it is asked. */
  acknowledge: string | null
  /** What it tells, oldest first, for programs. */
  contents: readonly Content[]
}

/** When a channel does not disturb, but for what is critical. */
export interface Quiet {
  /** Minutes after local midnight. */
  from: number
  /** The first minute after it; where it is not after `from` it is one of the next day. */
  until: number
  /** On which days it begins; 0 is Sunday. */
  days: ReadonlySet<number>
  zone: Zone
}

/** What may be said of any channel, by the query of its URL. */
export interface ChannelOptions {
  readonly quiet: Quiet | null
  /** How many messages go out in a calendar month at most; one to each of two people is two. */
  readonly budget: { readonly perMonth: number } | null
  /** What is less severe is not told. */
  readonly minimum: Severity
}

export const noOptions: ChannelOptions = { quiet: null, budget: null, minimum: 'info' }

/** What hands messages to the other side: one for each service, and all that a new one has to be. */
export interface Transport {
  readonly recipients: readonly string[]
  /**
   * Resolves when the other side has taken the message over; until then it may go on for a minute or so.
   * @throws DeliveryError where it has not, or nobody knows
   */
  send(message: Message): Promise<void>
  /** Lets go of connections; what is still being sent fails. */
  close(): void
}

/** A way to tell people something. */
export interface Channel extends Transport, ChannelOptions {
  /** As it stands in the database, in the API and in rules. */
  readonly name: string
  /** The service: `mail`, `ntfy`, … */
  readonly kind: string
}

/**
 * `refused`: this recipient, or this message, will not be taken at any time · `later`: not now, for this message ·
 * `unreachable`: not now, for any message · `locked-out`: not before a person has put the settings right
 */
export type FailureKind = 'refused' | 'later' | 'unreachable' | 'locked-out'

/** Why a message did not get out, in plain words, without secrets; the error's own message is the English of them. */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  readonly kind: FailureKind
  /** How long the other side asks us to wait, ms. */
  readonly retryAfter: number | null
  readonly why: Localized
  constructor(kind: FailureKind, why: Localized, { retryAfter = null, ...options }: ErrorOptions & { retryAfter?: number | null } = {}) {
    super(why.en, options)
    this.kind = kind
    this.why = why
    this.retryAfter = retryAfter
  }
}
