import { Readable } from 'node:stream'
import type { AedesPublishPacket, PubrelPacket, Subscription } from 'aedes'
import { openRetained, type RetainedLimits, type RetainedOptions, type RetainedPacket } from './retained.ts'
import { openSession, type Queued, type Session, type SessionLimits } from './sessions.ts'

export interface StoreOptions {
  limits: StoreLimits
  /** True if a client may read a topic; other messages are not queued for it. */
  mayRead(clientId: string, topic: string): boolean
  mayWrite: RetainedOptions['mayWrite']
  /** A message for an absent client was dropped because its queue is full. */
  onFull(clientId: string): void
  onNotRetained: RetainedOptions['onFull']
}

export interface StoreLimits extends RetainedLimits {
  session: SessionLimits
}

type ClientId = { id: string }

/**
 * Stands for a kept session among its subscriptions, and is refused. Without it, aedes would announce a session without
 * subscriptions as a new one.
 */
export const sessionMarker: Subscription = { topic: '$session', qos: 0 }

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
export function createStore({ limits, mayRead, mayWrite, onFull, onNotRetained }: StoreOptions) {
  const retained = openRetained({ limits, mayWrite, onFull: onNotRetained })
  const sessions = new Map<string, Session>()
  /** Ids of the QoS 2 messages that a client has published and not yet released. */
  const incoming = new Map<string, Set<number>>()

  const deleteSession = (id: string) => {
    sessions.delete(id)
    incoming.delete(id)
  }
  const existing = (id: string) => {
    const session = sessions.get(id)
    if (session?.isExpired() !== true) return session
    deleteSession(id)
    return undefined
  }
  const sessionOf = (id: string) => {
    const found = existing(id) ?? openSession(limits.session)
    sessions.set(id, found)
    return found
  }

  return {
    async setup() {},
    async destroy() {},

    storeRetained(packet: RetainedPacket): PromiseLike<void> {
      retained.keep(packet)
      return resolved
    },
    createRetainedStreamCombi: (filters: readonly string[]) => retained.stream(filters),

    // The handlers change the filters. aedes calls this with all filters of a packet once for each of them, and includes
    // those that were refused.
    async addSubscriptions() {},
    async removeSubscriptions() {},
    async subscriptionsByClient({ id }: ClientId) {
      const session = existing(id)
      if (session !== undefined) return [sessionMarker, ...session.filters.all()]
      // Present from its login on: a client that goes before must not leave a session that never expires.
      sessionOf(id).setPresent(false)
      return []
    },
    /** One subscription for each matching persistent session, with the highest QoS, so that it receives a message once. */
    async subscriptionsByTopic(topic: string) {
      const found: { clientId: string; topic: string; qos: number }[] = []
      for (const clientId of [...sessions.keys()]) {
        const qos = existing(clientId)?.filters.best(topic)
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
    /** The filters of a client's persistent session. */
    filtersOf: (clientId: string) => sessionOf(clientId).filters,
    /** The client of a session has connected or gone. */
    setPresent(clientId: string, isPresent: boolean) {
      sessions.get(clientId)?.setPresent(isPresent)
    },
    /** Deletes the session of a client that was removed. */
    deleteSession,
  }
}
