import { Readable } from 'node:stream'
import { matches } from '@hearthwatch/protocol'
import type { AedesPublishPacket, PubrelPacket, Subscription } from 'aedes'
import { openSession, type Queued, type Session, type SessionLimits } from './sessions.ts'

export interface StoreOptions {
  limits: StoreLimits
  /** Whether a client may read a topic: what it may not is not kept for it either. */
  mayRead(clientId: string, topic: string): boolean
  /** Something was not kept because a limit was reached. `whose`: a client id, or '' for the retained messages. */
  onFull(whose: string): void
}

export interface StoreLimits {
  session: SessionLimits
  retainedMessages: number
  retainedBytes: number
}

type Retained = Omit<AedesPublishPacket, 'dup'>
type Who = { id: string }

/**
 * Done, without the moment that a promise takes: within it the next message, which is not to be retained, would overtake
 * the one that is, on the same topic.
 */
const atOnce = {
  // biome-ignore lint/suspicious/noThenProperty: aedes asks for nothing else of it
  then(done: (value: undefined) => unknown) {
    done(undefined)
  },
} as PromiseLike<void>

/**
 * What the broker remembers, in memory: retained messages, and the sessions of clients that want to be remembered.
 * It is what aedes calls a persistence. The one that it brings keeps without a limit what an absent client never
 * fetches, and loses count of messages where some of them are not for the client's eyes.
 * Interface: https://github.com/moscajs/aedes-persistence#api
 */
export function createStore({ limits, mayRead, onFull }: StoreOptions) {
  const retained = new Map<string, Retained>()
  let retainedBytes = 0
  const sessions = new Map<string, Session>()
  /** Ids of the QoS 2 messages of a client that have come and are not released yet. */
  const incoming = new Map<string, Set<number>>()

  const sessionOf = (id: string) => {
    const found = sessions.get(id) ?? openSession(limits.session)
    sessions.set(id, found)
    return found
  }
  const forget = (topic: string) => {
    const old = retained.get(topic)
    if (old === undefined) return
    retainedBytes -= sizeOf(old)
    retained.delete(topic)
  }

  return {
    async setup() {},
    async destroy() {},

    storeRetained(packet: Retained): PromiseLike<void> {
      forget(packet.topic)
      if (packet.payload.length === 0) return atOnce
      if (retained.size >= limits.retainedMessages || retainedBytes + sizeOf(packet) > limits.retainedBytes) onFull('')
      else {
        retainedBytes += sizeOf(packet)
        retained.set(packet.topic, { ...packet })
      }
      return atOnce
    },
    createRetainedStreamCombi(filters: readonly string[]) {
      return Readable.from([...retained.values()].filter(({ topic }) => filters.some((filter) => matches(filter, topic))))
    },

    async addSubscriptions({ id }: Who, subscriptions: readonly Subscription[]) {
      for (const { topic, qos } of subscriptions) sessionOf(id).subscriptions.set(topic, { topic, qos })
    },
    async removeSubscriptions({ id }: Who, filters: readonly string[]) {
      for (const filter of filters) sessions.get(id)?.subscriptions.delete(filter)
    },
    async subscriptionsByClient({ id }: Who) {
      return [...(sessions.get(id)?.subscriptions.values() ?? [])]
    },
    /** Of persistent sessions alone, and of each only what counts most, so that it gets a message once. */
    async subscriptionsByTopic(topic: string) {
      const found: { clientId: string; topic: string; qos: number }[] = []
      for (const [clientId, session] of sessions) {
        const qos = session.wants(topic)
        if (qos !== undefined && qos > 0 && mayRead(clientId, topic)) found.push({ clientId, topic, qos })
      }
      return found
    },
    /** A client that wants to be forgotten: its queue goes, too. */
    async cleanSubscriptions({ id }: Who) {
      sessions.delete(id)
    },

    async outgoingEnqueueCombi(subscriptions: readonly { clientId: string; qos: number }[], packet: AedesPublishPacket) {
      for (const { clientId, qos } of subscriptions) {
        // What was published while it was away is news when it comes, whatever is kept of it for others.
        const kept = { ...packet, retain: false, qos: Math.min(packet.qos, qos) } as AedesPublishPacket
        if (sessions.get(clientId)?.keep(kept) === false) onFull(clientId)
      }
    },
    async outgoingUpdate({ id }: Who, packet: Queued | PubrelPacket): Promise<void> {
      const session = sessions.get(id)
      if (packet.cmd === 'pubrel') session?.released(packet)
      else session?.sent(packet)
    },
    async outgoingClearMessageId({ id }: Who, { messageId }: { messageId?: number | undefined }) {
      return messageId === undefined ? undefined : sessions.get(id)?.acknowledged(messageId)
    },
    outgoingStream({ id }: Who) {
      return Readable.from(sessions.get(id)?.drain() ?? [])
    },

    async incomingStorePacket({ id }: Who, { messageId }: { messageId: number }) {
      incoming.set(id, (incoming.get(id) ?? new Set()).add(messageId))
    },
    async incomingGetPacket({ id }: Who, packet: { messageId: number }) {
      if (!incoming.get(id)?.has(packet.messageId)) throw new Error('no such packet')
      return packet
    },
    async incomingDelPacket({ id }: Who, { messageId }: { messageId: number }) {
      if (!incoming.get(id)?.delete(messageId)) throw new Error('no such packet')
    },
    async cleanIncoming({ id }: Who) {
      incoming.delete(id)
    },

    // A will lives with its connection; it would be of use here to the other brokers of a cluster.
    async putWill() {},
    async delWill() {},
    streamWill() {
      return Readable.from([])
    },

    /** Whether a message that was just published may go to a client's open connection: see `Session.claim`. */
    claim(clientId: string, counter: number): boolean {
      return sessions.get(clientId)?.claim(counter) ?? true
    },
    /** Drops what is kept for a client who will not come again. */
    forgetSession(clientId: string) {
      sessions.delete(clientId)
      incoming.delete(clientId)
    },
  }
}

function sizeOf({ topic, payload }: { topic: string; payload: string | Buffer }): number {
  return topic.length + payload.length
}
