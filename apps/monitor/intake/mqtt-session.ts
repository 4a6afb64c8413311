import type { Log } from '@hearthwatch/log'
import { connect, type Link, type LinkOptions, type LinkState, type Packet } from '@hearthwatch/mqtt'
import { filterOf, type Status, topicOf, topics, writeAck } from '@hearthwatch/protocol'
import type { Answer } from '../commit/apply-message.ts'

/**
 * What the monitor subscribes to. QoS 1 where a sensor that cannot send again would lose something; QoS 0 where the
 * broker should not hoard: `info` is retained. First of all `info`, so that who owns a topic is known before its
 * retained values come.
 */
const subscriptions = {
  [filterOf('info')]: 0,
  [filterOf('heartbeat')]: 0,
  [filterOf('readings')]: 0,
  [filterOf('monitorStatus')]: 1,
  [filterOf('sharedHeartbeat')]: 1,
  [filterOf('deviceStatus')]: 1,
  [filterOf('response')]: 1,
  'home/+/sensor/#': 1,
  [filterOf('reading')]: 1,
} as const

const ownStatus = topicOf('monitorStatus', {})
/** If our own greeting has not come back by then, it never will (an ACL of somebody's own making). ms */
const greetingWithin = 60_000

export interface MqttSessionOptions {
  url: string
  clientId: string
  username: string | undefined
  password: string | undefined
  tls: { ca: string | undefined; cert: string | undefined; key: string | undefined }
  log: Log
  now: () => number
  /** @param late it had waited at the broker while we were away */
  onPacket(packet: Packet, late: boolean): Promise<void> | undefined
  /** What we have said of ourselves has come back to us. */
  onGreeting(packet: Packet, late: boolean): void
  /** Something goes out. */
  onPublish: LinkOptions['onPublish']
  /** There is a connection (again): who we are has been said. */
  onConnected(): void
  /** All that had waited is through. */
  onCaughtUp(): void
  onStuck(): void
}

export interface MqttSession {
  readonly link: Link
  /** Since when we can hear the devices, ms; null while we cannot. */
  readonly watching: number | null
  /** Whether what comes at QoS 1 may be old. */
  readonly isCatchingUp: boolean
  /** Tells a device what is kept of its record; lost where the link is down: the device asks again. */
  answer(answer: Answer): void
  /** Counts the time since `watching` anew: we were not really there, or the clock was not. */
  watchAnew(): void
  close(): Promise<void>
}

/**
 * The monitor's ear: a persistent session under one client id. When the broker still has the session, what it had
 * queued comes first; our own greeting on `monitor/status`, published after subscribing, comes behind all of it and so
 * marks the end of the past.
 */
export function listen(options: MqttSessionOptions): MqttSession {
  const { log, now } = options
  let watching: number | null = null
  let catchingUp = false
  let greeting: NodeJS.Timeout | undefined

  const sayStatus = (link: Link, status: Status) => link.publish(ownStatus, status, topics.monitorStatus)

  function caughtUp(): void {
    clearTimeout(greeting)
    if (!catchingUp) return
    catchingUp = false
    watching = now()
    options.onCaughtUp()
  }

  function onOwnStatus(packet: Packet): void {
    options.onGreeting(packet, catchingUp)
    if (packet.retain) return
    const said = packet.payload.toString()
    if (said === 'online' && !packet.dup) return caughtUp()
    // The will of an earlier connection, or somebody's mistake: we are here.
    if (said === 'offline' && !catchingUp && link.state === 'connected') {
      sayStatus(link, 'online').catch((error: Error) => log.debug('could not answer', { error }))
    }
  }

  async function onConnect(link: Link, session: { present: boolean }): Promise<void> {
    catchingUp = session.present
    clearTimeout(greeting)
    if (catchingUp) {
      greeting = setTimeout(() => {
        log.warn(`nothing came back on ${ownStatus}: what arrives is taken as new from now on; may this user read it?`)
        caughtUp()
      }, greetingWithin)
    }
    await link.subscribe(subscriptions)
    await sayStatus(link, 'online')
    watching = now()
  }

  // Why there is no connection, the link itself says.
  function onState(state: LinkState): void {
    if (state !== 'connected') {
      watching = null
      // What the broker has still to say of the past it says again, with the next connection.
      clearTimeout(greeting)
      catchingUp = false
      return
    }
    log.info('listening to the broker', { session: catchingUp ? 'kept' : 'new' })
    options.onConnected()
  }

  const link = connect({
    url: options.url,
    clientId: options.clientId,
    username: options.username,
    password: options.password,
    ...options.tls,
    clean: false,
    will: { topic: ownStatus, payload: 'offline', qos: topics.monitorStatus.qos, retain: topics.monitorStatus.retain },
    log,
    onConnect,
    onMessage: (packet) => (packet.topic === ownStatus ? void onOwnStatus(packet) : options.onPacket(packet, catchingUp && packet.qos > 0)),
    onPublish: options.onPublish,
    onState,
    onStuck: options.onStuck,
  })

  return {
    link,
    get watching() {
      return watching
    },
    get isCatchingUp() {
      return catchingUp
    },
    answer({ device, ack }) {
      if (link.state !== 'connected') return
      const published = link.publish(topicOf('ack', { id: device }), writeAck(ack), topics.ack)
      published.catch((error: Error) => log.debug('could not answer', { device, error }))
    },
    watchAnew() {
      if (watching !== null) watching = now()
    },
    async close() {
      clearTimeout(greeting)
      if (link.state === 'connected')
        await sayStatus(link, 'offline').catch((error: Error) => log.debug('could not say goodbye', { error }))
      await link.close()
    },
  }
}
