import type { Log } from '@hearthwatch/log'
import type { VersionSetting } from './connection/version.ts'
import type { Reason } from './failures/reason.ts'

/** A message as received from the broker. */
export interface Packet {
  topic: string
  payload: Buffer
  qos: 0 | 1 | 2
  /** Set by the broker on a retained message that it delivers for a new subscription: an old value. */
  retain: boolean
  dup: boolean
}

/** The last will: the broker publishes it when the connection breaks without a DISCONNECT. */
export interface Will {
  topic: string
  payload: string
  qos: 0 | 1 | 2
  retain: boolean
}

/**
 * `connecting`: no connection yet; the link retries.
 * `connected`: `onConnect` has completed.
 * `refused`: the broker refused the connection; the link retries.
 * `taken`: another client uses our client id; the link retries after a minute.
 * `closed`: `close` was called.
 */
export type LinkState = 'connecting' | 'connected' | 'refused' | 'taken' | 'closed'

/** How this broker is spoken to; `linkSettings` makes it of the settings. */
export interface Dialect {
  /** Begins each topic and filter at the broker, such as `site-7/`; the rest of the program does not see it. Default: none */
  prefix?: string | undefined
  /** Default: `auto` */
  version?: VersionSetting | undefined
  /** Highest QoS of the broker, 1 or 2. A message or subscription of a higher one gets this one. Default: 2 */
  maxQos?: number | undefined
  /** s. Default: 20 */
  keepalive?: number | undefined
  /** The protocol that the TLS handshake asks for (ALPN). Default: none */
  alpn?: string | undefined
  /** Published messages of QoS 1 and 2 without an acknowledgement. Default: as many as the broker allows in MQTT 5 */
  window?: number | undefined
  /** Published messages a second; more of them wait. Default: no limit */
  rate?: number | undefined
  /** Shortest wait before another attempt, ms. Default: half a second */
  leastWait?: number | undefined
}

export interface LinkOptions extends Dialect {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://` */
  url: string
  clientId: string
  username?: string | undefined
  password?: string | undefined
  /**
   * For TLS, the contents of PEM files: the trusted authority, the client certificate and its key. Each attempt reads them again, so
   * that a getter can renew them.
   */
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
  /** `false`: a persistent session. The broker queues messages of QoS 1 and 2 while we are disconnected. */
  clean: boolean
  will?: Will | undefined
  log: Log
  /**
   * Called on every connection, before the state is `connected`: subscribe here, then publish the birth message. An error closes
   * the connection, and the link reconnects. No message is delivered before this call.
   */
  onConnect(link: Link, session: { present: boolean }): Promise<void>
  /**
   * Called for each message, in order. A message of QoS 1 is acknowledged at once if the result is `undefined`, and otherwise when
   * the promise resolves. One promise may serve many messages. The next message does not wait for it, unless 2,000
   * acknowledgements are due.
   *
   * If the connection is lost meanwhile, nothing is acknowledged and the broker redelivers the message. A rejection closes the
   * connection for the same effect. An exception is a bug and ends the program.
   */
  onMessage(packet: Packet): Promise<void> | undefined
  /** Called for each message that is sent, even if it never arrives; not for the will. */
  onPublish?: ((topic: string, payload: string | Buffer, how: { qos: 0 | 1 | 2; retain: boolean }) => void) | undefined
  onState?(state: LinkState, why: string): void
  /**
   * Called after each 30 minutes without a connection. A process that a supervisor restarts should exit. Otherwise the link
   * begins anew by itself.
   */
  onStuck?(): void
}

export interface Link {
  readonly state: LinkState
  /** Reason why the link is not `connected`, for people; empty if it is. */
  readonly why: string
  /** The same in each language. */
  readonly reason: Reason
  /**
   * Resolves when the broker has acknowledged the message (QoS 1, 2) or when it is written to the socket (QoS 0).
   * The link stores no message: after NotConnected the caller publishes again on the next connection.
   * A broker that has no retained messages or a lower QoS gets the message without them.
   * @throws NotConnected if there is no connection, or if it breaks before the acknowledgement
   * @throws Refused if a broker of MQTT 5 refuses a message of QoS 1 or 2. In MQTT 3.1.1 it acknowledges what it drops.
   * @throws RangeError for an invalid topic, for a packet over 64 KB or the broker's limit, and if 10,000 requests are pending
   */
  publish(topic: string, payload: string | Buffer, options: { qos: 0 | 1 | 2; retain: boolean }): Promise<void>
  /**
   * Each filter has a SUBSCRIBE of its own: AWS IoT Core takes eight in one, and other brokers fail at several.
   * @param filters QoS by topic filter
   * @throws NotConnected as `publish` does
   * @throws RangeError for an invalid filter, and if 10,000 requests are pending
   * @throws Refused that names the filters that the broker refuses
   */
  subscribe(filters: Record<string, 0 | 1 | 2>): Promise<void>
  /**
   * @param filters topic filters whose messages are no longer wanted
   * @throws NotConnected as `publish` does
   */
  unsubscribe(filters: readonly string[]): Promise<void>
  /** Connections that the broker accepted and closed within the last ten minutes. */
  readonly losses: number
  /** End of the validity of the broker's certificate, ms since the epoch; null without TLS, or without a connection. */
  readonly certificateEnd: number | null
  /** Disconnects cleanly, so that the broker does not publish the will. Takes at most 2 s. */
  close(): Promise<void>
}
