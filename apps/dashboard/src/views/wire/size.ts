import type { Packet } from '@hearthwatch/api/packets'

/** The parts of a packet in bytes (MQTT 3.1.1, section 3.3); their sum is its size on the wire. */
export interface Parts {
  /** Type, flags and remaining length. */
  header: number
  /** Includes the two bytes of its length. */
  topic: number
  /** The packet identifier of QoS 1 and 2. */
  identifier: number
  payload: number
}

export function partsOf({ topic, qos, length, bytes }: Pick<Packet, 'topic' | 'qos' | 'length' | 'bytes'>): Parts {
  const topicBytes = 2 + new TextEncoder().encode(topic).length
  const identifier = qos > 0 ? 2 : 0
  return { header: bytes - topicBytes - identifier - length, topic: topicBytes, identifier, payload: length }
}
