import { randomUUID } from 'node:crypto'
import { type Channel, DeliveryError, type Message } from './channels/channel.ts'
import type { Localized } from './text/localized.ts'

/** What a test says, by the channel's name. */
export type TestMessage = (channel: string) => Pick<Message, 'subject' | 'text' | 'html' | 'link'>

/**
 * Sends a test to everyone on a channel.
 * @returns null where all of them got it, else why the first one did not, in plain words
 */
export async function tryChannel(channel: Channel, letter: TestMessage): Promise<Localized | null> {
  for (const recipient of channel.recipients) {
    // What is less severe arrives without a sound, and a test shall be heard.
    const message = { id: randomUUID(), recipient, severity: 'warning' as const, acknowledge: null, contents: [], ...letter(channel.name) }
    try {
      await channel.send(message)
    } catch (error) {
      if (error instanceof DeliveryError) return error.why
      throw error
    }
  }
  return null
}
