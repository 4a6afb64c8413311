import type { Packet } from 'mqtt-packet'

/**
 * Limits of AWS IoT Core (https://docs.aws.amazon.com/general/latest/gr/iot-core.html), of which each closes the connection.
 * Those of the rate drop messages; see `rate.ts`.
 */
export const awsLimits = {
  clientIdBytes: 128,
  topicBytes: 256,
  slashes: 7,
  payloadBytes: 128 * 1024,
  filtersPerSubscribe: 8,
  filters: 50,
  unacknowledged: 100,
  /** s */
  keepalive: { least: 30, most: 1200 },
  /** s; it can be raised to seven days. */
  sessionExpiry: 3600,
  /** Messages and bytes a second of one connection, both ways together. */
  messagesPerSecond: 100,
  bytesPerSecond: 512 * 1024,
  /** ms between two CONNECTs of a client id */
  connectInterval: 1000,
} as const

/** A packet that AWS IoT Core does not accept, with the reason code of MQTT 5. */
export interface Violation {
  what: string
  reasonCode: number
}

const tooLong = (topic: string): Violation | undefined => {
  if (Buffer.byteLength(topic) > awsLimits.topicBytes) return { what: `a topic of over ${awsLimits.topicBytes} bytes`, reasonCode: 0x90 }
  if (topic.split('/').length - 1 > awsLimits.slashes) return { what: `a topic with over ${awsLimits.slashes} slashes`, reasonCode: 0x90 }
  return undefined
}

/** @param filters number of filters that the connection has */
export function violationOf(packet: Packet, filters: number): Violation | undefined {
  if (packet.cmd === 'publish') {
    if (packet.qos === 2) return { what: 'QoS 2', reasonCode: 0x9b }
    if (packet.payload.length > awsLimits.payloadBytes) return { what: 'a payload of over 128 KB', reasonCode: 0x95 }
    return tooLong(packet.topic)
  }
  if (packet.cmd === 'subscribe') {
    const { subscriptions } = packet
    if (subscriptions.length > awsLimits.filtersPerSubscribe) return { what: 'over 8 filters in a SUBSCRIBE', reasonCode: 0x97 }
    if (filters + subscriptions.length > awsLimits.filters) return { what: 'over 50 filters', reasonCode: 0x97 }
    return subscriptions.map(({ topic }) => tooLong(topic)).find((one) => one !== undefined)
  }
  if (packet.cmd === 'connect') {
    if (Buffer.byteLength(packet.clientId) > awsLimits.clientIdBytes) return { what: 'a client id of over 128 bytes', reasonCode: 0x85 }
    if (packet.will?.qos === 2) return { what: 'a will of QoS 2', reasonCode: 0x9b }
    return packet.will === undefined ? undefined : tooLong(packet.will.topic)
  }
  return undefined
}

/** Counts the messages and bytes of one connection, both ways together. */
export function createRate(now: () => number) {
  let recent: { at: number; bytes: number }[] = []
  return {
    /** @returns false: the message is over the limit, and is dropped */
    allows(bytes: number): boolean {
      const at = now()
      recent = recent.filter((one) => at - one.at < 1000)
      const sum = recent.reduce((total, one) => total + one.bytes, 0)
      if (recent.length >= awsLimits.messagesPerSecond || sum + bytes > awsLimits.bytesPerSecond) return false
      recent.push({ at, bytes })
      return true
    },
  }
}
