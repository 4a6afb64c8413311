import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type IPublishPacket, connect as openClient, type Store } from 'mqtt'
import type { Reason } from '../failures/reason.ts'
import { qosNotSupported, takenOver, unauthorised, unsupportedVersion } from '../failures/reason-codes.ts'
import {
  codeOf,
  explain,
  explainClosed,
  explainTakenOver,
  explainUnsubscribed,
  isKeepaliveTimeout,
  isRefusal,
} from '../failures/refusal.ts'
import type { Ending } from '../failures/retry.ts'
import type { Limits } from '../limits.ts'
import type { Link, LinkOptions, Packet } from '../link.ts'
import { createRequests } from '../requests/requests.ts'
import type { Address } from '../settings/address.ts'
import { withoutPrefix } from '../settings/prefix.ts'
import { type BrokerLimits, readBrokerLimits } from './broker-limits.ts'
import { clientOptions } from './client-options.ts'
import { DeferredPubacks, type Done, noPuback } from './deferred-puback.ts'
import type { ProtocolLevel, VersionRefusal } from './version.ts'

/** One connection to the broker, from the attempt to its end. It never reconnects: the link opens another one. */
export interface Connection extends Pick<Link, 'publish' | 'subscribe' | 'unsubscribe' | 'certificateEnd'> {
  /** True while the broker accepts the connection. */
  readonly accepted: boolean
  /** Closes it without a DISCONNECT: the broker publishes the will. */
  drop(why: Reason): void
  /** Waits for pending publishes and acknowledgements, then sends DISCONNECT: the broker does not publish the will. */
  disconnect(): Promise<void>
}

export interface Listener {
  accepted(session: { present: boolean }, limits: BrokerLimits): void
  /** Called once, at the end, for either side's reason. */
  ended(ending: Ending): void
}

const closed: Reason = { en: 'closed', 'zh-TW': '已關閉' }

/**
 * Opens a connection with an mqtt.js client of its own, which never reconnects. A reconnecting client would store messages and
 * send them again, and a message that cannot be sent would block all messages behind it.
 * @param received messages of QoS 2 whose handshake a lost connection has interrupted
 */
export function open(
  options: LinkOptions,
  level: ProtocolLevel,
  address: Address,
  received: Store,
  limits: Limits,
  listener: Listener,
): Connection {
  const { prefix = '', maxQos = 2, window = 65_535 } = options
  let onIdle: (() => void) | undefined
  let onEnded: (() => void) | undefined
  let accepted = false
  let acceptedAt = 0
  let isOpen = !address.secure
  let over = false
  let closing = false
  let receivedSincePing = false
  let pingTimer: NodeJS.Timeout | undefined
  let handleEarly: (() => void) | undefined

  const client = openClient(clientOptions(options, level, address, received, limits))
  const requests = createRequests(client, options, readBrokerLimits({}, { maxQos, window }, limits), limits, checkIdle)
  const pubacks = new DeferredPubacks(
    () => client.stream,
    limits.unacknowledged,
    (error) => {
      const text = error instanceof Error ? error.message : String(error)
      drop({ en: `a message could not be stored: ${text}`, 'zh-TW': `無法儲存訊息：${text}` })
    },
    checkIdle,
  )

  client.on('connect', (connack) => {
    if (over) return
    // A CONNACK of MQTT 5 has a third byte. This broker has not looked at the version, and would misread the next packet.
    if (level === 5 && connack.length === 2) return finish('unreachable', explain({ code: 1 }, false, address), 'told')
    const broker = readBrokerLimits(connack, { maxQos, window }, limits)
    requests.accept(broker)
    accepted = true
    acceptedAt = performance.now()
    pingTimer = setInterval(ping, broker.keepalive * 500)
    // Nagle's algorithm would delay a small packet until the previous one is acknowledged.
    if (client.stream instanceof Socket) client.stream.setNoDelay()
    listener.accepted({ present: connack.sessionPresent }, broker)
    handleEarly?.()
  })
  // MQTT 5 only. The code 0 is a close without a reason.
  client.on('disconnect', ({ reasonCode = 0, properties }) => {
    if (reasonCode === takenOver) return finish('taken', explainTakenOver(options.clientId, address))
    if (reasonCode === 0) return
    const how = unauthorised.includes(reasonCode) ? 'refused' : 'closed'
    finish(how, explainClosed(reasonCode, properties?.reasonString, address), undefined, reasonCode === qosNotSupported)
  })
  const onError = (error: unknown) => {
    const code = codeOf(error)
    const isVersion = isRefusal(error) && unsupportedVersion.includes(Number(code))
    const how = isRefusal(error) ? 'refused' : isKeepaliveTimeout(error) ? 'dropped' : 'lost'
    finish(how, explain(error, accepted, address), isVersion ? 'told' : code === 'ECONNRESET' || code === 'EPIPE' ? 'silent' : undefined)
  }
  client.on('error', onError)
  // mqtt.js does not emit stream errors without a code, such as those of web sockets.
  client.stream.on('error', onError)
  client.stream.once('secureConnect', () => {
    isOpen = true
  })
  client.on('close', () => finish('lost', explain(undefined, accepted, address), 'silent'))

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

  function finish(how: Ending['how'], why: Reason, refusal?: VersionRefusal, hasNoQos2 = false) {
    if (over) return
    over = true
    const { isSubscribing } = requests
    const isAtQos2 = hasNoQos2 || (how === 'lost' && requests.isAtQos2)
    clearInterval(pingTimer)
    pubacks.stop()
    // Forced, so that neither a timer of the client nor a hanging socket remains.
    client.stream.destroy()
    client.end(true)
    requests.end(why.en)
    onEnded?.()
    const lasted = accepted ? performance.now() - acceptedAt : 0
    const versionRefused = accepted || (refusal === 'silent' && !isOpen) ? undefined : refusal
    if (how === 'lost' && !accepted) return listener.ended({ how: 'unreachable', why, lasted, versionRefused })
    if (how === 'lost' && isSubscribing) return listener.ended({ how: 'refused', why: explainUnsubscribed(address), lasted })
    listener.ended({ how, why, lasted, isAtQos2, versionRefused })
  }

  function drop(why: Reason) {
    finish('dropped', why)
  }

  function checkIdle() {
    if (requests.count === 0 && pubacks.waiting === 0) onIdle?.()
  }

  async function disconnect() {
    if (!client.connected) return drop(closed)
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
    drop(closed)
  }

  return {
    get accepted() {
      return accepted && !over
    },
    get certificateEnd() {
      const { stream } = client
      return stream instanceof TLSSocket ? (stream.getPeerX509Certificate()?.validToDate.getTime() ?? null) : null
    },
    publish: requests.publish,
    subscribe: requests.subscribe,
    unsubscribe: requests.unsubscribe,
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
