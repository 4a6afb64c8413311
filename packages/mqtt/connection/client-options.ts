import { second, week } from '@hearthwatch/protocol/durations'
import { type IClientOptions, Store } from 'mqtt'
import type { Limits } from '../limits.ts'
import type { LinkOptions } from '../link.ts'
import type { Address } from '../settings/address.ts'
import { withPrefix } from '../settings/prefix.ts'
import type { ProtocolLevel } from './version.ts'

/** As long as the sensors keep their readings at least, and as `persistent_client_expiration` in our mosquitto.conf. */
const sessionLifetime = week

/**
 * Options of an mqtt.js client that neither reconnects nor stores a message.
 * @param received messages of QoS 2 whose handshake a lost connection has interrupted
 */
export function clientOptions(
  { clientId, clean, will, prefix = '' }: LinkOptions,
  level: ProtocolLevel,
  address: Address,
  received: Store,
  limits: Limits,
): IClientOptions {
  return {
    ...address.options,
    clientId,
    clean,
    ...(will && { will: { ...will, topic: withPrefix(prefix, will.topic), payload: Buffer.from(will.payload) } }),
    protocolVersion: level,
    // In MQTT 3.1.1 `clean` decides how long a session lasts; in MQTT 5 it only decides how one begins.
    ...(level === 5 && {
      properties: { sessionExpiryInterval: clean ? 0 : sessionLifetime / second, receiveMaximum: limits.unacknowledged },
    }),
    keepalive: limits.keepalive,
    connectTimeout: limits.connectTimeout,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    writeCache: false,
    timerVariant: 'native',
    incomingStore: received,
    // Replaces the default store: mqtt.js discards that one when a client ends, and then fails on packets that it has already read.
    outgoingStore: new Store({ clean: false }),
  }
}
