import { maxPacketBytes } from '@hearthwatch/protocol'
import { second } from '@hearthwatch/protocol/durations'
import type { StoreLimits } from './store.ts'

/** Limits for clients; times in ms, sizes in bytes. Limits that `mosquitto.conf` also sets have the same value there. */
export interface Limits extends StoreLimits {
  /** Time from the connection to CONNECT. */
  connectTimeout: number
  /** Time for which a client may leave its data unread, while other clients wait for it. */
  drainTimeout: number
  sockets: number
  packetBytes: number
  /** Number of different warnings that are logged between two reloads. */
  warnings: number
}

const mebibyte = 2 ** 20

export const defaultLimits: Limits = {
  connectTimeout: 10 * second,
  drainTimeout: 5 * second,
  sockets: 1000,
  packetBytes: maxPacketBytes,
  warnings: 1000,
  session: { messages: 100_000, bytes: 64 * mebibyte, inflight: 1000 },
  retainedMessages: 10_000,
  retainedBytes: 64 * mebibyte,
}
