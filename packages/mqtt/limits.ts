import { minute, second } from '@hearthwatch/protocol/durations'

/** Times and sizes that a link observes; times in ms unless stated otherwise. Tests shorten them, the apps use the defaults. */
export interface Limits {
  /** MQTT keep-alive interval in seconds. The broker closes the connection after one and a half times as long without a packet. */
  keepalive: number
  /** Time for the broker to answer CONNECT. */
  connectTimeout: number
  /** Wait before the second attempt; it doubles with each further attempt. */
  firstWait: number
  /** Upper bound of the wait between two attempts. */
  longestWait: number
  /** A connection that lasted this long resets the wait to `firstWait`. */
  stableAfter: number
  /** A connection that the broker closes sooner than this after accepting it counts as closed early. */
  closedEarlyWithin: number
  /** After this many early closes in a row, another program is assumed to use our client id. */
  closedEarlyTimes: number
  /** After this many lost connections within `lossesWithin`, another program is assumed to use our client id. */
  lossesTimes: number
  lossesWithin: number
  /** Wait before the next attempt if another program uses our client id. */
  takenWait: number
  /** An attempt that has not reached `connected` by then is abandoned for a new one. */
  attempt: number
  /** Without a connection for this long, `onStuck` is called. */
  stuckAfter: number
  /** Longest duration of `close`. */
  closeTimeout: number
  /** Size of the largest packet that is published, in bytes. */
  packetSize: number
  /** Publishes and subscriptions that may wait for the broker's answer at one time: far below the 65,535 packet identifiers. */
  outstanding: number
  /** Received messages that may wait for their acknowledgement before reading stops. */
  unacknowledged: number
}

export const defaultLimits: Limits = {
  keepalive: 20,
  connectTimeout: 10 * second,
  firstWait: second,
  longestWait: minute,
  stableAfter: 30 * second,
  closedEarlyWithin: 5 * second,
  closedEarlyTimes: 3,
  lossesTimes: 5,
  lossesWithin: 10 * minute,
  takenWait: minute,
  attempt: 5 * minute,
  stuckAfter: 30 * minute,
  closeTimeout: 2 * second,
  packetSize: 65_536,
  outstanding: 10_000,
  unacknowledged: 2000,
}
