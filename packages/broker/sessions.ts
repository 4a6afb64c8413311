import { matches } from '@hearthwatch/protocol'
import type { AedesPublishPacket, PubrelPacket, Subscription } from 'aedes'

/** How much is kept for one client that is away, and how much of it is sent before it acknowledges something. */
export interface SessionLimits {
  messages: number
  bytes: number
  inflight: number
}

/** A message as it waits, or the PUBREL that has taken its place. */
export type Queued = (AedesPublishPacket | PubrelPacket) & { brokerId: string; brokerCounter: number; messageId: number | undefined }

/** What one persistent session remembers: its subscriptions, and the messages of QoS 1 and 2 not yet acknowledged. */
export interface Session {
  subscriptions: Map<string, Subscription>
  /** The quality of service under which it wants the topic; undefined where it does not. */
  wants(topic: string): number | undefined
  /** Keeps a message for it. @returns false where the session is full: then it is lost, the newest first as in Mosquitto. */
  keep(packet: AedesPublishPacket): boolean
  /**
   * Whether a message that has just been published may be written to the connection now. It may not while older
   * ones are still on their way from the queue, since it would overtake them and is in there itself.
   */
  claim(counter: number): boolean
  /** Notes under which id a kept message is on its way; changes the packet's id where another one has it. */
  sent(packet: Queued): void
  /** The receiver has a message of QoS 2: from now on only its release is repeated. */
  released(release: PubrelPacket): void
  /** Forgets the message that was sent under this id. */
  acknowledged(messageId: number): Queued | undefined
  /** Everything that is kept, oldest first, while the connection that asks for it takes and acknowledges it. */
  drain(): AsyncGenerator<Queued>
}

interface Entry {
  packet: Queued
  bytes: number
  claimed: boolean
}

const lastId = 65_535

export function openSession(limits: SessionLimits): Session {
  const subscriptions = new Map<string, Subscription>()
  /** By the broker's counter, in the order of arrival. */
  const queue = new Map<number, Entry>()
  /** Whose message id this is; ids outlive a connection, since a repeated message carries the same one. */
  const ids = new Map<number, number>()
  let bytes = 0
  /** How many were sent on this connection and wait for their acknowledgement. */
  let inflight = 0
  let drains = 0
  let draining = false
  let roomMade = () => {}

  return {
    subscriptions,
    wants(topic) {
      let best: number | undefined
      for (const [filter, { qos }] of subscriptions) if ((best ?? -1) < qos && matches(filter, topic)) best = qos
      return best
    },
    keep(packet) {
      const size = packet.topic.length + packet.payload.length
      if (queue.size >= limits.messages || bytes + size > limits.bytes) return false
      bytes += size
      queue.set(packet.brokerCounter, { packet: packet as Queued, bytes: size, claimed: false })
      return true
    },
    claim(counter) {
      const entry = queue.get(counter)
      if (entry === undefined) return true
      if (draining || entry.claimed) return false
      entry.claimed = true
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
      if (entry.claimed) inflight--
      roomMade()
      return entry.packet
    },
    async *drain() {
      const mine = ++drains
      draining = true
      inflight = 0
      for (const entry of queue.values()) entry.claimed = false
      for (const [counter, entry] of queue) {
        while (inflight >= limits.inflight) {
          await new Promise<void>((resolve) => {
            roomMade = resolve
          })
          // Another connection has come meanwhile, and gets everything from the start.
          if (mine !== drains) return
        }
        if (!queue.has(counter)) continue
        entry.claimed = true
        inflight++
        if (entry.packet.cmd === 'publish' && entry.packet.messageId !== undefined) entry.packet.dup = true
        yield entry.packet
        if (mine !== drains) return
      }
      draining = false
    },
  }
}
