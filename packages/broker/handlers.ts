import type { Socket } from 'node:net'
import type { Log } from '@hearthwatch/log'
import { isFilter, isTopic, matches } from '@hearthwatch/protocol'
import type { AedesOptions, AedesPublishPacket, Client } from 'aedes'
import type { Access } from './access.ts'
import type { Counts } from './counts.ts'

export interface HandlerOptions {
  access: Access
  counts: Counts
  log: Log
  /** Logs each warning once: an unauthorized sensor repeats its attempt with every reading. */
  warnOnce(message: string, fields: Record<string, string>): void
  /** True if a message that was just published may be sent to a client with a session: see `Session.startSending`. */
  startSending(clientId: string, counter: number): boolean
}

/** Topic of dropped messages: no filter matches it, not even `#`. */
const droppedTopic = '$dropped'

/** A method that aedes has and does not declare. */
type Pausable = Client & { pause(): void }

/** Handlers with which aedes authenticates and authorizes its clients, like Mosquitto with our `mosquitto.conf`. */
export function aedesHandlers({ access, counts, log, warnOnce, startSending }: HandlerOptions) {
  /** The credential with which a client has logged in. */
  const admitted = new WeakMap<Client, string | undefined>()
  const granted = new WeakMap<Client, Map<string, 0 | 1 | 2>>()

  return {
    preConnect(client, packet, done) {
      // aedes takes a packet that arrives during this check as one of a client without an id. It would be acknowledged and
      // dropped. A paused client is read again after its CONNACK.
      ;(client as Pausable).pause()
      const password = packet.password === undefined ? undefined : Buffer.from(packet.password)
      const credential = access.credential(packet.username ?? '')
      access.admits(packet.username, password).then(
        (isAdmitted) => {
          if (isAdmitted) admitted.set(client, credential)
          else log.warn('login refused', { user: packet.username ?? '', address: addressOf(client) })
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
      done(null, isAdmitted)
    },

    authorizePublish(client, packet, done) {
      if (client === null) return done(null)
      if (!isTopic(packet.topic)) return done(new Error('not a topic'))
      if (!access.allows(client.id, 'write', packet.topic)) {
        counts.denied++
        warnOnce('message dropped: its sender may not publish on this topic', { user: client.id, topic: packet.topic })
        // An error would close the connection, and the client would reconnect and publish again, without end.
        Object.assign(packet, { topic: droppedTopic, payload: Buffer.alloc(0), retain: false })
      }
      done(null)
    },

    authorizeSubscribe(client, subscription, done) {
      if (!isFilter(subscription.topic)) return done(new Error('not a topic filter'))
      // Shared subscriptions are not supported: a refusal is better than a subscription without messages.
      if (subscription.topic.startsWith('$share/')) return done(null, null)
      granted.set(client, (granted.get(client) ?? new Map()).set(subscription.topic, subscription.qos))
      done(null, subscription)
    },

    authorizeForward(client, packet) {
      if (packet.topic === droppedTopic || !access.allows(client.id, 'read', packet.topic)) return null
      const isFresh = packet.messageId === undefined && !packet.retain
      if (isFresh && packet.qos > 0 && !client.clean && !startSending(client.id, packet.brokerCounter)) return null
      // For these packets aedes does not lower the QoS to that of the subscription.
      return packet.retain || packet.qos === 2 ? lowered(packet, granted.get(client)) : packet
    },
  } satisfies AedesOptions
}

/** The client's IP address, for the log. */
export function addressOf({ conn }: Client): string {
  return (conn as Socket).remoteAddress ?? ''
}

function lowered(packet: AedesPublishPacket, filters: ReadonlyMap<string, 0 | 1 | 2> = new Map()): AedesPublishPacket {
  const best = Math.max(0, ...[...filters].filter(([filter]) => matches(filter, packet.topic)).map(([, qos]) => qos))
  return best < packet.qos ? { ...packet, qos: best as 0 | 1 | 2 } : packet
}
