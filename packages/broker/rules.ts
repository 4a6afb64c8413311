import type { Socket } from 'node:net'
import type { Log } from '@hearthwatch/log'
import { isFilter, isTopic, matches } from '@hearthwatch/protocol'
import type { AedesOptions, AedesPublishPacket, Client } from 'aedes'
import type { Access } from './access.ts'
import type { Counts } from './counts.ts'

export interface RuleOptions {
  access: Access
  counts: Counts
  log: Log
  /** Told only once each: a sensor that may not do something tries it again with every reading. */
  warnOnce(message: string, fields: Record<string, string>): void
  /** Whether a message that was just published may go out on the connection of a client with a session. */
  claim(clientId: string, counter: number): boolean
}

/** Where a dropped message goes: `#` does not reach it, and it is delivered to nobody. */
const nowhere = '$dropped'

/** What aedes asks before it does something, answered as Mosquitto with our `mosquitto.conf` would. */
export function houseRules({ access, counts, log, warnOnce, claim }: RuleOptions) {
  /** With what a client has shown who it is. */
  const admitted = new WeakMap<Client, string | undefined>()
  const granted = new WeakMap<Client, Map<string, 0 | 1 | 2>>()

  return {
    preConnect(client, packet, done) {
      const password = packet.password === undefined ? undefined : Buffer.from(packet.password)
      const credential = access.credential(packet.username ?? '')
      access.admits(packet.username, password).then(
        (isAdmitted) => {
          if (isAdmitted) admitted.set(client, credential)
          else log.warn('login refused', { user: packet.username ?? '', address: addressOf(client) })
          // The user name is the client id, so that no sensor can push the monitor out; and nobody has a name before
          // the password was right. For '' aedes makes one up.
          packet.clientId = isAdmitted ? (packet.username ?? '') : ''
          done(null, true)
        },
        (error) => done(error, false),
      )
    },

    authenticate(client, username, _password, done) {
      // The files may have been read anew in the meantime.
      const isAdmitted = admitted.has(client) && admitted.get(client) === access.credential(username ?? '')
      counts[isAdmitted ? 'accepted' : 'refused']++
      done(null, isAdmitted)
    },

    authorizePublish(client, packet, done) {
      if (client === null) return done(null)
      if (!isTopic(packet.topic)) return done(new Error('not a topic'))
      if (!access.allows(client.id, 'write', packet.topic)) {
        counts.denied++
        warnOnce('a message was dropped: its sender may not write there', { user: client.id, topic: packet.topic })
        // An error would close the connection, and the client would come back and send it again, for ever.
        Object.assign(packet, { topic: nowhere, payload: Buffer.alloc(0), retain: false })
      }
      done(null)
    },

    authorizeSubscribe(client, subscription, done) {
      if (!isFilter(subscription.topic)) return done(new Error('not a topic filter'))
      // Shared subscriptions do not exist here: better refused than granted and never served.
      if (subscription.topic.startsWith('$share/')) return done(null, null)
      granted.set(client, (granted.get(client) ?? new Map()).set(subscription.topic, subscription.qos))
      done(null, subscription)
    },

    authorizeForward(client, packet) {
      if (packet.topic === nowhere || !access.allows(client.id, 'read', packet.topic)) return null
      const isFresh = packet.messageId === undefined && !packet.retain
      if (isFresh && packet.qos > 0 && !client.clean && !claim(client.id, packet.brokerCounter)) return null
      // Only for these aedes forgets that nobody gets a better service than he asked for.
      return packet.retain || packet.qos === 2 ? lowered(packet, granted.get(client)) : packet
    },
  } satisfies AedesOptions
}

/** Where a client comes from, for the log. */
export function addressOf({ conn }: Client): string {
  return (conn as Socket).remoteAddress ?? ''
}

function lowered(packet: AedesPublishPacket, filters: ReadonlyMap<string, 0 | 1 | 2> = new Map()): AedesPublishPacket {
  const best = Math.max(0, ...[...filters].filter(([filter]) => matches(filter, packet.topic)).map(([, qos]) => qos))
  return best < packet.qos ? { ...packet, qos: best as 0 | 1 | 2 } : packet
}
