import type { Packet } from '@hearthwatch/api/packets'

/** Of what a packet is made, in bytes; all together its size on the wire (MQTT 3.1.1, section 3.3). */
export interface Parts {
  /** Type, flags and the length of the rest. */
  header: number
  /** With the two bytes of its own length. */
  topic: number
  /** The number under which it is acknowledged. */
  identifier: number
  payload: number
}

export function partsOf({ topic, qos, length, bytes }: Pick<Packet, 'topic' | 'qos' | 'length' | 'bytes'>): Parts {
  const topicBytes = 2 + new TextEncoder().encode(topic).length
  const identifier = qos > 0 ? 2 : 0
  return { header: bytes - topicBytes - identifier - length, topic: topicBytes, identifier, payload: length }
}
