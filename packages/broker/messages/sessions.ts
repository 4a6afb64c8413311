import type { AedesPublishPacket, PubrelPacket } from 'aedes'
import { type FilterLimits, type Filters, openFilters } from './filters.ts'

export interface SessionLimits {
  /** Queued messages of a client, and their bytes. */
  messages: number
  bytes: number
  /** Messages that are sent before the client acknowledges one. */
  inflight: number
  filters: FilterLimits
  /** A session is deleted this time after its client has gone. ms */
  expiry: number
}

/** A queued message, or the PUBREL that has replaced it. */
export type Queued = (AedesPublishPacket | PubrelPacket) & { brokerId: string; brokerCounter: number; messageId: number | undefined }

/** A persistent session: its subscriptions, and its messages of QoS 1 and 2 that are not yet acknowledged. */
export interface Session {
  filters: Filters
  setPresent(isPresent: boolean): void
  isExpired(): boolean
  /** Queues a message. @returns false if the queue is full: the newest message is dropped, as in Mosquitto. */
  enqueue(packet: AedesPublishPacket): boolean
  /**
   * Marks a message that has just been published as being sent. @returns false while older messages are still being sent
   * from the queue: this message is in the queue too, and must not overtake them.
   */
  startSending(counter: number): boolean
  /** Records the message id with which a queued message is sent; changes the packet's id if another message has it. */
  sent(packet: Queued): void
  /** The client has received a message of QoS 2: from now on only its PUBREL is repeated. */
  released(release: PubrelPacket): void
  /** Removes the message that was sent with this id. */
  acknowledged(messageId: number): Queued | undefined
  /** The queued messages, oldest first, at the rate at which the client acknowledges them. A later call ends this one. */
  drain(): AsyncGenerator<Queued>
}

interface Entry {
  packet: Queued
  bytes: number
  sending: boolean
}

const lastId = 65_535

export function openSession(limits: SessionLimits): Session {
  /** Entries by the broker's counter, in the order of arrival. */
  const queue = new Map<number, Entry>()
  /** The broker's counter by message id. Ids outlive a connection, since a redelivered message has the same id. */
  const ids = new Map<number, number>()
  let bytes = 0
  /** Number of messages sent on this connection and not yet acknowledged. */
  let inflight = 0
  let drains = 0
  let draining = false
  let onAcknowledged = () => {}
  let leftAt: number | undefined

  return {
    filters: openFilters(limits.filters),
    setPresent(isPresent) {
      leftAt = isPresent ? undefined : performance.now()
    },
    isExpired: () => leftAt !== undefined && performance.now() - leftAt >= limits.expiry,
    enqueue(packet) {
      const size = packet.topic.length + packet.payload.length
      if (queue.size >= limits.messages || bytes + size > limits.bytes) return false
      bytes += size
      queue.set(packet.brokerCounter, { packet: packet as Queued, bytes: size, sending: false })
      return true
    },
    startSending(counter) {
      const entry = queue.get(counter)
      if (entry === undefined) return true
      if (draining || entry.sending) return false
      entry.sending = true
      inflight++
      return true
    },
    sent(packet) {
      const entry = queue.get(packet.brokerCounter)
      if (entry === undefined) return
      let id = packet.messageId ?? 1
      for (let tried = 0; tried < lastId && (ids.get(id) ?? packet.brokerCounter) !== packet.brokerCounter; tried++) id = (id % lastId) + 1
      packet.messageId = id
      entry.packet.messageId = id
      ids.set(id, packet.brokerCounter)
    },
    released(release) {
      const counter = ids.get(release.messageId ?? 0)
      const entry = counter === undefined ? undefined : queue.get(counter)
      if (entry === undefined || counter === undefined) return
      entry.packet = { cmd: 'pubrel', messageId: release.messageId, brokerId: entry.packet.brokerId, brokerCounter: counter }
    },
    acknowledged(messageId) {
      const counter = ids.get(messageId)
      const entry = counter === undefined ? undefined : queue.get(counter)
      if (counter === undefined || entry === undefined) return undefined
      ids.delete(messageId)
      queue.delete(counter)
      bytes -= entry.bytes
      if (entry.sending) inflight--
      onAcknowledged()
      return entry.packet
    },
    async *drain() {
      const drain = ++drains
      draining = true
      inflight = 0
      for (const entry of queue.values()) entry.sending = false
      for (const [counter, entry] of queue) {
        while (inflight >= limits.inflight) {
          await new Promise<void>((resolve) => {
            onAcknowledged = resolve
          })
          // A newer connection receives the whole queue.
          if (drain !== drains) return
        }
        if (!queue.has(counter)) continue
        entry.sending = true
        inflight++
        if (entry.packet.cmd === 'publish' && entry.packet.messageId !== undefined) entry.packet.dup = true
        yield entry.packet
        if (drain !== drains) return
      }
      draining = false
    },
  }
}
