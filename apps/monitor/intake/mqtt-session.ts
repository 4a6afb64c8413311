import type { Log } from '@hearthwatch/log'
import { connect, type Dialect, type Link, type LinkOptions, type LinkState, type Packet, Refused } from '@hearthwatch/mqtt'
import { type Ack, type Status, topicOf, topics, writeAck } from '@hearthwatch/protocol'
import { type Deafness, watchDelivery } from './delivery-watch.ts'
import { subscriptions } from './subscriptions.ts'

const mostRetained = 10_000
const ownStatus = topicOf('monitorStatus', {})
const filters = [ownStatus, ...Object.keys(subscriptions).filter((filter) => filter !== ownStatus)]

export interface MqttSessionOptions {
  url: string
  clientId: string
  username: string | undefined
  password: string | undefined
  /** Read with each connection. */
  tls: { readonly ca: string | undefined; readonly cert: string | undefined; readonly key: string | undefined }
  /** Default: as with any broker */
  dialect?: Dialect | undefined
  log: Log
  now: () => number
  onPublish: LinkOptions['onPublish']
  onStuck: (() => void) | undefined
  /** Time for the greeting to come back, ms; default: a minute. */
  greetingTimeout?: number | undefined
}

export interface SessionHandlers {
  /**
   * @param late the broker had queued the packet while the monitor was away
   * @returns resolves when the packet may be acknowledged; undefined: at once
   */
  onPacket(packet: Packet, late: boolean): Promise<void> | undefined
  /** The monitor's own status has come back from the broker. */
  onGreeting(packet: Packet, late: boolean): void
  /** The monitor has connected, subscribed and published its status. */
  onConnected(): void
  /** Every message that the broker had queued has arrived. */
  onCaughtUp(): void
}

/** The acknowledgement for one device's batch. */
export interface Answer {
  device: string
  ack: Ack
}

export interface MqttSession {
  readonly link: Link
  /** Since when devices can be heard, ms; null while they cannot. */
  readonly listeningSince: number | null
  /** True while QoS 1 messages may be old ones from the broker's queue. */
  readonly isCatchingUp: boolean
  /** True while the broker accepts the connection, whether or not it delivers. */
  readonly isConnected: boolean
  /** The topics that the broker does not deliver; null: the greeting has come back, or may still come. */
  readonly deafness: Deafness | null
  /** Connects, and reconnects from then on. */
  open(handlers: SessionHandlers): void
  /** Publishes an acknowledgement. It is dropped if the link is down: the device sends its batch again. */
  answer(answer: Answer): void
  /** Topics whose retained message came with this connection, at most 10,000. */
  readonly retainedTopics: ReadonlySet<string>
  /** Probes all subscriptions. @returns the filters on which nothing arrives @throws NotConnected */
  probe(): Promise<readonly string[]>
  /** Restarts the time since `listeningSince`, after this process slept or the clock jumped. */
  listenAnew(): void
  close(): Promise<void>
}

/**
 * A persistent session under one client id. If the broker still has the session, it first delivers the messages that it
 * had queued. The monitor publishes a greeting on `monitor/status` after subscribing. The greeting's return marks the end
 * of these old messages, and proves that the broker delivers.
 */
export function createMqttSession(options: MqttSessionOptions): MqttSession {
  const { log, now } = options
  let listeningSince: number | null = null
  let catchingUp = false
  /** True if the broker still had our session at the last connection. */
  let wasKept = false
  let caughtUp = () => {}
  let opened: Link | undefined
  const retainedTopics = new Set<string>()

  const publishStatus = (link: Link, status: Status) => link.publish(ownStatus, status, topics.monitorStatus)
  const delivery = watchDelivery({
    filters,
    clientId: options.clientId,
    greet: (link) => publishStatus(link, 'online'),
    // Without the greeting, but with other messages, they count as new from now on.
    onDeaf({ isComplete }) {
      if (isComplete) listeningSince = null
      else caughtUp()
    },
    now,
    log,
    ...(options.greetingTimeout !== undefined && { timeout: options.greetingTimeout }),
  })

  function start(handlers: SessionHandlers): Link {
    caughtUp = () => {
      const wasCatchingUp = catchingUp
      catchingUp = false
      if (wasCatchingUp || listeningSince === null) listeningSince = now()
      if (wasCatchingUp) handlers.onCaughtUp()
    }

    function onOwnStatus(packet: Packet): void {
      handlers.onGreeting(packet, catchingUp)
      if (packet.retain) return
      const status = packet.payload.toString()
      if (status === 'online' && !packet.dup) {
        delivery.greeted()
        return caughtUp()
      }
      // The will of an earlier connection, or a message by mistake: correct it.
      if (status === 'offline' && !catchingUp && link.state === 'connected') {
        publishStatus(link, 'online').catch((error: Error) => log.debug('could not publish the status', { error }))
      }
    }

    async function onConnect(link: Link, session: { present: boolean }): Promise<void> {
      wasKept = session.present
      catchingUp = wasKept
      retainedTopics.clear()
      delivery.connected(link)
      await link.subscribe(subscriptions)
      await publishStatus(link, 'online').catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error
        delivery.refused(link)
      })
    }

    // The link itself logs why a connection was lost.
    function onState(state: LinkState): void {
      if (state !== 'connected') {
        listeningSince = null
        // The broker redelivers queued messages on the next connection.
        delivery.disconnected()
        catchingUp = false
        return
      }
      log.info('listening to the broker', { session: wasKept ? 'kept' : 'new' })
      handlers.onConnected()
    }

    const link = connect({
      url: options.url,
      clientId: options.clientId,
      username: options.username,
      password: options.password,
      get ca() {
        return options.tls.ca
      },
      get cert() {
        return options.tls.cert
      },
      get key() {
        return options.tls.key
      },
      ...options.dialect,
      clean: false,
      will: { topic: ownStatus, payload: 'offline', qos: topics.monitorStatus.qos, retain: topics.monitorStatus.retain },
      log,
      onConnect,
      onMessage(packet) {
        if (packet.retain && packet.payload.length > 0 && retainedTopics.size < mostRetained) retainedTopics.add(packet.topic)
        if (packet.topic === ownStatus) return void onOwnStatus(packet)
        return delivery.isProbe(packet) ? undefined : handlers.onPacket(packet, catchingUp && packet.qos > 0)
      },
      onPublish: options.onPublish,
      onState,
      onStuck: options.onStuck,
    })
    return link
  }

  return {
    get link() {
      if (opened === undefined) throw new Error('the MQTT session is not open yet')
      return opened
    },
    get listeningSince() {
      return listeningSince
    },
    get isCatchingUp() {
      return catchingUp
    },
    get isConnected() {
      return opened?.state === 'connected'
    },
    get deafness() {
      return delivery.deafness
    },
    open(handlers) {
      opened = start(handlers)
    },
    answer({ device, ack }) {
      if (opened?.state !== 'connected') return
      const published = opened.publish(topicOf('ack', { id: device }), writeAck(ack), topics.ack)
      published.catch((error: Error) => log.debug('could not publish an acknowledgement', { device, error }))
    },
    retainedTopics,
    async probe() {
      if (opened === undefined) throw new Error('the MQTT session is not open yet')
      return delivery.probe(opened)
    },
    listenAnew() {
      if (listeningSince !== null) listeningSince = now()
    },
    async close() {
      delivery.disconnected()
      if (opened?.state === 'connected')
        await publishStatus(opened, 'offline').catch((error: Error) => log.debug('could not publish the status', { error }))
      await opened?.close()
    },
  }
}
