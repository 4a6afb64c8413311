import { Readable } from 'node:stream'
import { matches } from '@hearthwatch/protocol'
import type { AedesPublishPacket, PubrelPacket, Subscription } from 'aedes'
import { openSession, type Queued, type Session, type SessionLimits } from './sessions.ts'

export interface StoreOptions {
  limits: StoreLimits
  /** True if a client may read a topic; other messages are not queued for it. */
  mayRead(clientId: string, topic: string): boolean
  /** A message was dropped because a limit was reached. `clientId` is '' for a retained message. */
  onFull(clientId: string): void
}

export interface StoreLimits {
  session: SessionLimits
  retainedMessages: number
  retainedBytes: number
}

type Retained = Omit<AedesPublishPacket, 'dup'>
type ClientId = { id: string }

/**
 * A thenable that resolves synchronously. With a promise, a message that is not retained would overtake an earlier
 * retained one on the same topic.
 */
const resolved = {
  // biome-ignore lint/suspicious/noThenProperty: aedes calls only `then`
  then(done: (value: undefined) => unknown) {
    done(undefined)
  },
} as PromiseLike<void>

/**
 * Stores retained messages and persistent sessions in memory: a persistence for aedes
 * (https://github.com/moscajs/aedes-persistence#api). The one of aedes queues messages for an absent client without a
 * limit, and miscounts them if the client may not read some of them.
 */
export function createStore({ limits, mayRead, onFull }: StoreOptions) {
  const retained = new Map<string, Retained>()
  let retainedBytes = 0
  const sessions = new Map<string, Session>()
  /** Ids of the QoS 2 messages that a client has published and not yet released. */
  const incoming = new Map<string, Set<number>>()

  const sessionOf = (id: string) => {
    const found = sessions.get(id) ?? openSession(limits.session)
    sessions.set(id, found)
    return found
  }
  const removeRetained = (topic: string) => {
    const old = retained.get(topic)
    if (old === undefined) return
    retainedBytes -= sizeOf(old)
    retained.delete(topic)
  }

  return {
    async setup() {},
    async destroy() {},

    storeRetained(packet: Retained): PromiseLike<void> {
      removeRetained(packet.topic)
      if (packet.payload.length === 0) return resolved
      if (retained.size >= limits.retainedMessages || retainedBytes + sizeOf(packet) > limits.retainedBytes) onFull('')
      else {
        retainedBytes += sizeOf(packet)
        retained.set(packet.topic, { ...packet })
      }
      return resolved
    },
    createRetainedStreamCombi(filters: readonly string[]) {
      return Readable.from([...retained.values()].filter(({ topic }) => filters.some((filter) => matches(filter, topic))))
    },

    async addSubscriptions({ id }: ClientId, subscriptions: readonly Subscription[]) {
      for (const { topic, qos } of subscriptions) sessionOf(id).subscriptions.set(topic, { topic, qos })
    },
    async removeSubscriptions({ id }: ClientId, filters: readonly string[]) {
      for (const filter of filters) sessions.get(id)?.subscriptions.delete(filter)
    },
    async subscriptionsByClient({ id }: ClientId) {
      return [...(sessions.get(id)?.subscriptions.values() ?? [])]
    },
    /** One subscription for each matching persistent session, with the highest QoS, so that it receives a message once. */
    async subscriptionsByTopic(topic: string) {
      const found: { clientId: string; topic: string; qos: number }[] = []
      for (const [clientId, session] of sessions) {
        const qos = session.qosFor(topic)
        if (qos !== undefined && qos > 0 && mayRead(clientId, topic)) found.push({ clientId, topic, qos })
      }
      return found
    },
    /** Called for a clean session: deletes the queue too. */
    async cleanSubscriptions({ id }: ClientId) {
      sessions.delete(id)
    },

    async outgoingEnqueueCombi(subscriptions: readonly { clientId: string; qos: number }[], packet: AedesPublishPacket) {
      for (const { clientId, qos } of subscriptions) {
        // A queued message is delivered as a new one, without the retain flag.
        const queued = { ...packet, retain: false, qos: Math.min(packet.qos, qos) } as AedesPublishPacket
        if (sessions.get(clientId)?.enqueue(queued) === false) onFull(clientId)
      }
    },
    async outgoingUpdate({ id }: ClientId, packet: Queued | PubrelPacket): Promise<void> {
      const session = sessions.get(id)
      if (packet.cmd === 'pubrel') session?.released(packet)
      else session?.sent(packet)
    },
    async outgoingClearMessageId({ id }: ClientId, { messageId }: { messageId?: number | undefined }) {
      return messageId === undefined ? undefined : sessions.get(id)?.acknowledged(messageId)
    },
    outgoingStream({ id }: ClientId) {
      return Readable.from(sessions.get(id)?.drain() ?? [])
    },

    async incomingStorePacket({ id }: ClientId, { messageId }: { messageId: number }) {
      incoming.set(id, (incoming.get(id) ?? new Set()).add(messageId))
    },
    async incomingGetPacket({ id }: ClientId, packet: { messageId: number }) {
      if (!incoming.get(id)?.has(packet.messageId)) throw new Error('no such packet')
      return packet
    },
    async incomingDelPacket({ id }: ClientId, { messageId }: { messageId: number }) {
      if (!incoming.get(id)?.delete(messageId)) throw new Error('no such packet')
    },
    async cleanIncoming({ id }: ClientId) {
      incoming.delete(id)
    },

    // aedes keeps a will with its connection; only a cluster of brokers would need it here.
    async putWill() {},
    async delWill() {},
    streamWill() {
      return Readable.from([])
    },

    /** True if a message that was just published may be sent to the client: see `Session.startSending`. */
    startSending(clientId: string, counter: number): boolean {
      return sessions.get(clientId)?.startSending(counter) ?? true
    },
    /** Deletes the session of a client that was removed. */
    deleteSession(clientId: string) {
      sessions.delete(clientId)
      incoming.delete(clientId)
    },
  }
}

function sizeOf({ topic, payload }: { topic: string; payload: string | Buffer }): number {
  return topic.length + payload.length
}
