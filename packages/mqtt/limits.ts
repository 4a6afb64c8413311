/** The times and sizes that a link keeps to; times in ms. Tests shorten them, the apps take the defaults. */
export interface Limits {
  /** Seconds between signs of life to the broker, which waits one and a half times as long. */
  keepalive: number
  /** How long the broker may take to answer CONNECT. */
  connectTimeout: number
  /** The wait before the second attempt; it doubles with each further one … */
  firstWait: number
  /** … up to this. */
  longestWait: number
  /** A connection that held this long was a good one: the waits start anew. */
  goodAfter: number
  /** Closed by the broker so soon after it had accepted us … */
  stolenWithin: number
  /** … so many times in a row: somebody else uses our client id, and we keep away for this long. */
  stolenTimes: number
  keepAway: number
  /** An attempt that is not `connected` by then, for whatever reason, is given up for a new one. */
  attempt: number
  /** Without a connection for so long, the owner of the link is told that it is stuck. */
  stuckAfter: number
  /** The most that `close` may take. */
  goodbye: number
  /** Bytes of the largest packet that is published. */
  packetSize: number
  /** Publishes and subscriptions that may wait for the broker's answer at one time: far below the 65,535 message ids. */
  outstanding: number
  /** Received messages that may wait for their acknowledgement before reading stops. */
  unacknowledged: number
}

export const defaultLimits: Limits = {
  keepalive: 20,
  connectTimeout: 10_000,
  firstWait: 1000,
  longestWait: 60_000,
  goodAfter: 30_000,
  stolenWithin: 5000,
  stolenTimes: 3,
  keepAway: 60_000,
  attempt: 5 * 60_000,
  stuckAfter: 30 * 60_000,
  goodbye: 2000,
  packetSize: 65_536,
  outstanding: 10_000,
  unacknowledged: 2000,
}
