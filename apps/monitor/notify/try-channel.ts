import { randomUUID } from 'node:crypto'
import { type Channel, DeliveryError, type Message } from './channels/channel.ts'
import type { Localized } from './text/localized.ts'

/** Composes a test message to one recipient. */
export type TestMessage = (about: {
  channel: string
  server?: string | undefined
  recipient: string
}) => Pick<Message, 'subject' | 'text' | 'html' | 'link'>

/**
 * Sends a test message to every recipient of a channel.
 * @param onResult called for each message that was sent or refused; null: it was sent
 * @returns null if all succeeded, else the reason of the first failure
 */
export async function tryChannel(
  channel: Channel,
  compose: TestMessage,
  onResult: (message: Message, why: Localized | null) => void = () => {},
): Promise<Localized | null> {
  for (const recipient of channel.recipients) {
    // Some services deliver messages of severity info without a sound.
    const composed = compose({ channel: channel.name, server: channel.server, recipient })
    const message = { id: randomUUID(), recipient, severity: 'warning' as const, acknowledge: null, contents: [], ...composed }
    try {
      await channel.send(message)
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error
      onResult(message, error.why)
      return error.why
    }
    onResult(message, null)
  }
  return null
}
