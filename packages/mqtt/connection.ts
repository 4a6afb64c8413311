import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type IPublishPacket, connect as openClient, Store } from 'mqtt'
import type { Address } from './address.ts'
import { DeferredPubacks, type Done, noPuback } from './deferred-puback.ts'
import type { Limits } from './limits.ts'
import type { Link, LinkOptions, Packet } from './link.ts'
import { refusedFilters } from './outgoing.ts'
import { PendingRequests, Refused } from './pending-requests.ts'
import { withoutPrefix, withPrefix } from './prefix.ts'
import { explain, explainUnsubscribed, isKeepaliveTimeout, isRefusal } from './refusal.ts'
import type { Ending } from './retry.ts'

/** One connection to the broker, from the attempt to its end. It never reconnects: the link opens another one. */
export interface Connection extends Pick<Link, 'publish' | 'subscribe' | 'unsubscribe' | 'certificateEnd'> {
  /** True while the broker accepts the connection. */
  readonly accepted: boolean
  /** Closes it without a DISCONNECT: the broker publishes the will. */
  drop(why: string): void
  /** Waits for pending publishes and acknowledgements, then sends DISCONNECT: the broker does not publish the will. */
  disconnect(): Promise<void>
}

export interface Listener {
  accepted(session: { present: boolean }): void
  /** Called once, at the end, for either side's reason. */
  ended(ending: Ending): void
}

/**
 * Opens a connection with an mqtt.js client of its own, which never reconnects. A reconnecting client would store messages and
 * send them again, and a message that cannot be sent would block all messages behind it.
 * @param received messages of QoS 2 whose handshake a lost connection has interrupted
 */
export function open(options: LinkOptions, address: Address, received: Store, limits: Limits, listener: Listener): Connection {
  const { prefix = '', maxQos = 2 } = options
  /** Requests that the broker has not answered. */
  const unanswered = { subscriptions: 0, qos2: 0 }
  let onIdle: (() => void) | undefined
  let onEnded: (() => void) | undefined
  let accepted = false
  let acceptedAt = 0
  let over = false
  let closing = false
  let receivedSincePing = false
  let pingTimer: NodeJS.Timeout | undefined
  let handleEarly: (() => void) | undefined

  const client = openClient({
    ...address.options,
    clientId: options.clientId,
    clean: options.clean,
    ...(options.will && {
      will: { ...options.will, topic: withPrefix(prefix, options.will.topic), payload: Buffer.from(options.will.payload) },
    }),
    protocolVersion: 4,
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
  })
  const requests = new PendingRequests(limits.outstanding, checkIdle)
  const pubacks = new DeferredPubacks(
    () => client.stream,
    limits.unacknowledged,
    (error) => drop(`a message could not be stored: ${error instanceof Error ? error.message : error}`),
    checkIdle,
  )

  client.on('connect', ({ sessionPresent }) => {
    if (over) return
    accepted = true
    acceptedAt = performance.now()
    pingTimer = setInterval(ping, limits.keepalive * 500)
    // Nagle's algorithm would delay a small packet until the previous one is acknowledged.
    if (client.stream instanceof Socket) client.stream.setNoDelay()
    listener.accepted({ present: sessionPresent })
    handleEarly?.()
  })
  const onError = (error: unknown) =>
    finish(isRefusal(error) ? 'refused' : isKeepaliveTimeout(error) ? 'dropped' : 'lost', explain(error, accepted, address))
  client.on('error', onError)
  // mqtt.js does not emit stream errors without a code, such as those of web sockets.
  client.stream.on('error', onError)
  client.on('close', () => finish('lost', explain(undefined, accepted, address)))

  client.handleMessage = (packet: IPublishPacket, done: Done) => {
    // mqtt.js emits `connect` some ticks late: the first messages of a persistent session may arrive before it.
    if (!accepted) {
      handleEarly = () => client.handleMessage(packet, done)
      return
    }
    receivedSincePing = true
    if (over || closing) return done(noPuback)
    const topic = withoutPrefix(prefix, packet.topic)
    if (topic === null) return done()
    packet.topic = topic
    const stored = options.onMessage(packet as Packet)
    if (stored === undefined) return done()
    if (packet.qos === 1) return pubacks.add(packet.messageId as number, stored, done)
    pubacks.watch(stored)
    done()
  }

  /**
   * mqtt.js closes the connection unless its ping is answered, but the answer may wait behind thousands of messages or behind
   * one that is held back. While messages arrive, we ping ourselves and restart its timer.
   */
  function ping() {
    if (!receivedSincePing && !pubacks.holding) return
    receivedSincePing = false
    client.sendPing()
    client.reschedulePing(true)
  }

  function finish(how: 'refused' | 'lost' | 'dropped', why: string) {
    if (over) return
    over = true
    const subscribing = unanswered.subscriptions > 0
    const isAtQos2 = unanswered.qos2 > 0
    clearInterval(pingTimer)
    pubacks.stop()
    // Forced, so that neither a timer of the client nor a hanging socket remains.
    client.stream.destroy()
    client.end(true)
    requests.fail(why)
    onEnded?.()
    const lasted = accepted ? performance.now() - acceptedAt : 0
    if (how !== 'lost' || !accepted) return listener.ended({ how: how === 'lost' ? 'unreachable' : how, why, lasted })
    if (subscribing) return listener.ended({ how: 'refused', why: explainUnsubscribed(address), lasted })
    listener.ended({ how, why, lasted, isAtQos2 })
  }

  function drop(why: string) {
    finish('dropped', why)
  }

  function checkIdle() {
    if (requests.count === 0 && pubacks.waiting === 0) onIdle?.()
  }

  async function disconnect() {
    if (!client.connected) return drop('closed')
    closing = true
    await within(limits.closeTimeout * 0.75, (done) => {
      onIdle = done
      checkIdle()
    })
    // If the broker has disconnected meanwhile, mqtt.js has discarded its store.
    if (over) return
    // mqtt.js would wait for these before it sends DISCONNECT.
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id))
    await within(limits.closeTimeout * 0.25, (done) => {
      onEnded = done
      if (over) done()
      else client.end()
    })
    drop('closed')
  }

  /** @param refused gets the filter if the broker refuses it */
  function subscribe(filter: string, qos: 0 | 1 | 2, refused: string[]): Promise<void> {
    return requests.send((answered) => {
      unanswered.subscriptions += 1
      client.subscribe(withPrefix(prefix, filter), { qos }, (error, _, suback) => {
        unanswered.subscriptions -= 1
        refused.push(...refusedFilters([filter], suback?.granted ?? []))
        answered(error)
      })
    })
  }

  return {
    get accepted() {
      return accepted && !over
    },
    get certificateEnd() {
      const { stream } = client
      return stream instanceof TLSSocket ? (stream.getPeerX509Certificate()?.validToDate.getTime() ?? null) : null
    },
    publish(topic, payload, { qos: wanted, retain }) {
      const qos = Math.min(wanted, maxQos) as 0 | 1 | 2
      return requests.send((answered) => {
        if (qos === 2) unanswered.qos2 += 1
        client.publish(withPrefix(prefix, topic), payload, { qos, retain }, (error) => {
          if (qos === 2) unanswered.qos2 -= 1
          answered(error)
        })
      })
    },
    async subscribe(filters) {
      const refused: string[] = []
      const all = await Promise.allSettled(
        Object.entries(filters).map(([filter, wanted]) => subscribe(filter, Math.min(wanted, maxQos) as 0 | 1 | 2, refused)),
      )
      if (refused.length > 0) throw new Refused(`the broker refuses the subscription to ${refused.join(', ')}`)
      const failed = all.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
    },
    unsubscribe: (filters) =>
      requests.send((answered) =>
        client.unsubscribe(
          filters.map((filter) => withPrefix(prefix, filter)),
          answered,
        ),
      ),
    drop,
    disconnect,
  }
}

/** Waits until `begin` calls back, or for the timeout in ms. */
function within(timeout: number, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeout)
    begin(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
