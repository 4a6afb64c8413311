import { second } from '@hearthwatch/protocol/durations'
import type { Message } from './message.ts'

/** How long the first readings of a new topic wait for a device's `info` that claims it. */
const gracePeriod = 2 * second

type Reading = Extract<Message, { kind: 'reading' }>
type FromRoom = Extract<Message, { kind: 'reading' | 'text' }>
/** A message that has waited; its device's `info` may have arrived in the meantime. */
export type Deferred = FromRoom & { deferred: true }

export interface NewTopics {
  /**
   * Defers a message of a room whose first topic is still in its grace period. It is passed on later, in order with the
   * room's other messages.
   * @returns resolves when it is stored; null: it need not wait
   */
  defer(message: Message): Promise<void> | null
  /** Passes on every message that waits. */
  close(): void
}

/**
 * A topic that no one has published on before may belong to a device with a record whose `info` is still on its way. If
 * its reading were stored at once, the record would store it a second time.
 * @param isNew true if nothing is known of a reading's topic yet
 * @param commit stores a message
 * @param isListening true once all subscriptions are in force: a session that the broker kept delivers readings earlier
 */
export function deferNewTopics(
  isNew: (reading: Reading) => boolean,
  commit: (message: Deferred) => Promise<void> | undefined,
  isListening: () => boolean,
): NewTopics {
  const rooms = new Map<string, { messages: FromRoom[]; timer: NodeJS.Timeout; stored: PromiseWithResolvers<void> }>()

  function release(room: string): void {
    const waiting = rooms.get(room)
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    rooms.delete(room)
    waiting.stored.resolve(Promise.all(waiting.messages.map((message) => commit({ ...message, deferred: true }))).then(() => {}))
  }

  function review(room: string): void {
    const waiting = rooms.get(room)
    if (waiting === undefined) return
    if (isListening()) release(room)
    else waiting.timer = setTimeout(review, gracePeriod, room)
  }

  return {
    defer(message) {
      if (message.kind !== 'reading' && message.kind !== 'text') return null
      let waiting = rooms.get(message.room)
      if (waiting === undefined) {
        // A late message was sent at QoS 1 by a device without a record: ours publish live readings at QoS 0.
        if (message.kind !== 'reading' || message.late || !isNew(message)) return null
        waiting = { messages: [], timer: setTimeout(review, gracePeriod, message.room), stored: Promise.withResolvers() }
        rooms.set(message.room, waiting)
      }
      waiting.messages.push(message)
      return waiting.stored.promise
    },
    close() {
      for (const room of [...rooms.keys()]) release(room)
    },
  }
}
