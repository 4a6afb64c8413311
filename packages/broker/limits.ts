import { maxPacketBytes } from '@hearthwatch/protocol'
import type { StoreLimits } from './store.ts'

/** What nobody may exceed; times in ms, sizes in bytes. What `mosquitto.conf` sets too has the same value there. */
export interface Limits extends StoreLimits {
  /** How long a connection may take until it has said who it is. */
  connectTimeout: number
  /** How long a client may leave unread what it is sent: others wait for it. */
  drainTimeout: number
  sockets: number
  packetBytes: number
  /** Different warnings between two reloads. */
  warnings: number
}

const mebibyte = 2 ** 20

export const defaultLimits: Limits = {
  connectTimeout: 10_000,
  drainTimeout: 5000,
  sockets: 1000,
  packetBytes: maxPacketBytes,
  warnings: 1000,
  session: { messages: 100_000, bytes: 64 * mebibyte, inflight: 1000 },
  retainedMessages: 10_000,
  retainedBytes: 64 * mebibyte,
}
