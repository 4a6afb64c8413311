import type { Severity } from '../store/alerts.ts'

/** What one person is told in one go, in words. Everything in it may stem from strangers but the id and the recipient. */
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
}

/** A way to tell people something. */
export interface Channel {
  /** As it stands in the database and in the API. */
  readonly name: string
  readonly recipients: readonly string[]
  /**
   * Resolves when the other side has taken the message over; until then it may go on for a minute or so.
   * @throws DeliveryError where it has not, or nobody knows
   */
  send(message: Message): Promise<void>
  /** Lets go of connections; what is still being sent fails. */
  close(): void
}

/**
 * `refused`: this recipient, or this message, will not be taken at any time · `later`: not now, for this message ·
 * `unreachable`: not now, for any message · `locked-out`: not before a person has put the settings right
 */
export type FailureKind = 'refused' | 'later' | 'unreachable' | 'locked-out'

/** Why a message did not get out, in plain words, without secrets. */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  readonly kind: FailureKind
  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
