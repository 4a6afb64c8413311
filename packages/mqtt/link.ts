import type { Log } from '@hearthwatch/log'

/** A message as it came over the wire. */
export interface Packet {
  topic: string
  payload: Buffer
  qos: 0 | 1 | 2
  /** Set by the broker on what it had kept when we subscribed: old news. */
  retain: boolean
  dup: boolean
}

/** What the broker publishes for us when our connection breaks without a goodbye. */
export interface Will {
  topic: string
  payload: string
  qos: 0 | 1 | 2
  retain: boolean
}

/**
 * `connecting`: not there yet, tried again · `connected`: subscribed and announced · `refused`: the broker said no
 * (tried again) · `taken`: another client uses our client id, so we keep away for a minute · `closed`: by us.
 */
export type LinkState = 'connecting' | 'connected' | 'refused' | 'taken' | 'closed'

export interface LinkOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://` */
  url: string
  clientId: string
  username?: string | undefined
  password?: string | undefined
  /** PEM files' contents, for TLS: whom to trust, and who we are. */
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
  /** `false`: the broker keeps our subscriptions and what arrives at QoS 1 and 2 while we are away. */
  clean: boolean
  will?: Will | undefined
  log: Log
  /**
   * On every connection, before the state is `connected`: subscribe, then announce yourself. What it throws closes
   * the connection, which is then tried again. No message is handed over before it was called.
   */
  onConnect(link: Link, session: { present: boolean }): Promise<void>
  /**
   * For each message, in order. A message of QoS 1 is acknowledged to the broker when what is returned has
   * settled well: at once for nothing, later for a promise (return one promise for many messages). The next message
   * does not wait for it, unless 500 acknowledgements are due. When the connection is gone meanwhile, nothing is
   * acknowledged and the broker sends the message again; a rejection closes the connection for that reason. What is
   * thrown is a mistake of ours and ends the program.
   */
  onMessage(packet: Packet): Promise<void> | undefined
  /** For each message that goes out, whether or not it arrives; not for the will. */
  onPublish?: ((topic: string, payload: string | Buffer, how: { qos: 0 | 1 | 2; retain: boolean }) => void) | undefined
  onState?(state: LinkState, why: string): void
  /** Half an hour without a connection: the process should end, so that its supervisor starts it afresh. */
  onStuck?(): void
}

export interface Link {
  readonly state: LinkState
  /** Why it is not `connected`, in words for people; empty where it is. */
  readonly why: string
  /**
   * Resolves when the broker has acknowledged it (QoS 1, 2) or when it is on its way (QoS 0).
   * @throws NotConnected at once where there is no connection, and later where it breaks first; RangeError where the
   * topic is none or the packet is larger than 64 KB. Nothing is kept for later here, the caller has the state and sends again.
   */
  publish(topic: string, payload: string | Buffer, options: { qos: 0 | 1 | 2; retain: boolean }): Promise<void>
  /** @throws NotConnected as above; RangeError for a filter that is none; Error naming the filters that the broker refuses. */
  subscribe(filters: Record<string, 0 | 1 | 2>): Promise<void>
  /** Says goodbye, so that the will is not published. Waits at most 2 s. */
  close(): Promise<void>
}
