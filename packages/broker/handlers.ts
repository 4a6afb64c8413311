import type { Socket } from 'node:net'
import { isFilter, isTopic } from '@hearthwatch/protocol'
import type { AedesOptions, Client } from 'aedes'
import type { Access } from './access/access.ts'
import type { WatchedLogins } from './access/watched-logins.ts'
import { identityOf } from './connections/tls-listener.ts'
import type { Counts } from './counts.ts'
import type { Filters } from './messages/filters.ts'
import { sessionMarker } from './messages/store.ts'

export interface HandlerOptions {
  access: Access
  counts: Counts
  /** Called for each login, before it ends an earlier connection of the same user. */
  onAdmitted(user: string, client: Client): void
  onRefused(user: string, address: string): void
  watched: WatchedLogins
  /** Logs each warning once: an unauthorized sensor repeats its attempt with every reading. */
  warnOnce(message: string, fields: Record<string, string>): void
  /** True if a message that was just published may be sent to a client with a session: see `Session.startSending`. */
  startSending(clientId: string, counter: number): boolean
  /** The topic filters of a client, with the QoS that it asked for. */
  filtersOf(client: Client): Filters
}

/** Topic of dropped messages: no filter matches it, not even `#`. */
const droppedTopic = '$dropped'

/** A method that aedes has and does not declare. */
type Pausable = Client & { pause(): void }

/** Handlers with which aedes authenticates and authorizes its clients, like Mosquitto with our `mosquitto.conf`. */
export function aedesHandlers({ access, counts, onAdmitted, onRefused, watched, warnOnce, startSending, filtersOf }: HandlerOptions) {
  /** The credential with which a client has logged in. */
  const admitted = new WeakMap<Client, string | undefined>()
  /** Counter of the last message that each client was offered. */
  const offered = new WeakMap<Client, number>()

  return {
    preConnect(client, packet, done) {
      // A paused client is read again after its CONNACK, so that it cannot send without end during this check.
      ;(client as Pausable).pause()
      const password = packet.password === undefined ? undefined : Buffer.from(packet.password)
      const identity = identityOf(client.conn)
      // As with use_identity_as_username of Mosquitto, the name in the certificate replaces that of the packet.
      if (identity !== undefined) packet.username = identity
      const credential = access.credential(packet.username ?? '')
      const admits = identity === undefined ? access.admits(packet.username, password, () => !client.closed) : access.knows(identity)
      admits.then(
        (isAdmitted) => {
          if (isAdmitted) admitted.set(client, credential)
          else onRefused(packet.username ?? '', addressOf(client))
          // The user name is the client id, so that no sensor can take over the monitor's connection. Before the password
          // is verified the id is empty, and aedes invents one.
          packet.clientId = isAdmitted ? (packet.username ?? '') : ''
          done(null, true)
        },
        (error) => done(error, false),
      )
    },

    authenticate(client, username, _password, done) {
      // The files may have been reloaded since preConnect.
      const isAdmitted = admitted.has(client) && admitted.get(client) === access.credential(username ?? '')
      counts[isAdmitted ? 'accepted' : 'refused']++
      if (isAdmitted) {
        watched.connected(username ?? '')
        onAdmitted(username ?? '', client)
      }
      done(null, isAdmitted)
    },

    authorizePublish(client, packet, done) {
      if (client === null) return done(null)
      if (!isTopic(packet.topic)) return done(new Error('not a topic'))
      // Delivering it would close the connection of every subscriber.
      if (packet.qos > 2) return done(new Error('not a QoS'))
      if (!access.allows(client.id, 'write', packet.topic)) {
        counts.denied++
        watched.denied(client.id, packet.topic)
        warnOnce('message dropped: its sender may not publish on this topic', { user: client.id, topic: packet.topic })
        // An error would close the connection, and the client would reconnect and publish again, without end.
        Object.assign(packet, { topic: droppedTopic, payload: Buffer.alloc(0), retain: false })
      } else watched.published(client.id, packet.topic, packet.payload)
      // The store needs the sender of a retained message; aedes adds it only for deliveries.
      Object.assign(packet, { clientId: client.id })
      done(null)
    },

    authorizeSubscribe(client, subscription, done) {
      if (subscription === sessionMarker) return done(null, null)
      const { topic, qos } = subscription
      if (!isFilter(topic)) return done(new Error('not a topic filter'))
      // Shared subscriptions are not supported: a refusal is better than a subscription without messages.
      if (topic.startsWith('$share/')) return done(null, null)
      if (!filtersOf(client).set(topic, qos)) {
        counts.filtersRefused++
        warnOnce('subscription refused: the client has too many topic filters', { user: client.id })
        return done(null, null)
      }
      // aedes delivers once for each matching filter, at its QoS. At 2 everywhere, `authorizeForward` can choose the highest.
      done(null, { ...subscription, qos: 2 })
    },

    authorizeForward(client, packet) {
      const { topic, qos, retain, messageId, brokerCounter } = packet
      const isLive = messageId === undefined && !retain
      if (isLive && offered.get(client) === brokerCounter) return null
      if (isLive) offered.set(client, brokerCounter)
      if (topic === droppedTopic || qos > 2 || !access.allows(client.id, 'read', topic)) return null
      // A queued message has its QoS already.
      if (qos === 0 || messageId !== undefined) return packet
      const best = filtersOf(client).best(topic)
      if (best === undefined) return null
      if (isLive && best > 0 && !client.clean && !startSending(client.id, brokerCounter)) return null
      return best < qos ? { ...packet, qos: best } : packet
    },
  } satisfies AedesOptions
}

/** The client's IP address, for the log. */
export function addressOf({ conn }: Client): string {
  return (conn as Socket).remoteAddress ?? ''
}
