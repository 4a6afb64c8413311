import { maxPacketBytes } from '@hearthwatch/protocol'
import { day, second } from '@hearthwatch/protocol/durations'
import type { IncomingLimits } from './connections/incoming.ts'
import type { LoginLimits } from './connections/unauthenticated.ts'
import type { StoreLimits } from './messages/store.ts'

/** Limits for clients; times in ms, sizes in bytes. Limits that `mosquitto.conf` also sets have the same value there. */
export interface Limits extends StoreLimits, IncomingLimits {
  /** Time from the connection to CONNECT. */
  connectTimeout: number
  /** Time for which a client may leave its data unread, while other clients wait for it. */
  drainTimeout: number
  /** Time from the refusal of MQTT 5 to a login by MQTT 3.1.1. */
  fallbackTime: number
  sockets: number
  logins: LoginLimits
  /** Number of different warnings that are logged between two reloads. */
  warnings: number
}

const kibibyte = 2 ** 10
const mebibyte = 2 ** 20

/** A large home meets none of them. Home Assistant subscribes to two topics for each entity, 500 in a packet. */
export const defaultLimits: Limits = {
  connectTimeout: 10 * second,
  drainTimeout: 5 * second,
  fallbackTime: 10 * second,
  sockets: 1000,
  logins: { perAddress: 20, burst: 200, grace: second },
  connectBytes: 16 * kibibyte,
  packetBytes: maxPacketBytes,
  filtersPerPacket: 1000,
  warnings: 1000,
  session: {
    messages: 100_000,
    bytes: 64 * mebibyte,
    inflight: 1000,
    filters: { count: 5000, bytes: 512 * kibibyte },
    expiry: 7 * day,
  },
  retainedMessages: 10_000,
  retainedBytes: 64 * mebibyte,
  // A sensor retains its info, its status and one value for each quantity.
  retainedPerUser: { messages: 200, bytes: 2 * mebibyte },
  // The guest's login is shared by all other software. The monitor retains the settings of every device.
  retainedQuotas: {
    guest: { messages: 2000, bytes: 16 * mebibyte },
    monitor: { messages: 10_000, bytes: 64 * mebibyte },
  },
}
