import type { IConnackPacket } from 'mqtt'
import type { Limits } from '../limits.ts'

/** The abilities of the broker, as the CONNACK of MQTT 5 lists them (section 3.2.2.3). MQTT 3.1.1 has no such list. */
export interface BrokerLimits {
  maxQos: number
  hasRetain: boolean
  hasWildcards: boolean
  /** Messages of QoS 1 and 2 that it accepts before it has acknowledged the first. */
  window: number
  /** Largest packet, bytes. */
  packetSize: number
  /** s */
  keepalive: number
}

/** @param own our own limits, which the broker can only lower; its keep-alive replaces ours */
export function readBrokerLimits(
  { properties = {} }: Pick<IConnackPacket, 'properties'>,
  own: { maxQos: number; window: number },
  limits: Pick<Limits, 'packetSize' | 'keepalive'>,
): BrokerLimits {
  return {
    maxQos: Math.min(own.maxQos, properties.maximumQoS ?? 2),
    hasRetain: properties.retainAvailable ?? true,
    hasWildcards: properties.wildcardSubscriptionAvailable ?? true,
    window: Math.min(own.window, properties.receiveMaximum ?? 65_535),
    packetSize: Math.min(limits.packetSize, properties.maximumPacketSize ?? limits.packetSize),
    keepalive: properties.serverKeepAlive || limits.keepalive,
  }
}
