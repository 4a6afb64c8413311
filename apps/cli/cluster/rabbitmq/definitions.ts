import { createHash } from 'node:crypto'
import { doctorClients } from '../balancer.ts'
import type { House, Login } from '../broker.ts'
import { rightsOf } from '../rights.ts'
import { saltOf } from '../salt.ts'
import { routingKeys } from './topic-permissions.ts'

export type Definitions = ReturnType<typeof definitionsOf>

/**
 * Users, rights and policies for RabbitMQ (https://www.rabbitmq.com/docs/definitions).
 * @param health the login of the balancer's health check, which has no rights
 * @throws SetupError for a right that RabbitMQ cannot express
 */
export function definitionsOf({ acl, logins, prefix }: House, health: Login) {
  const vhost = '/'
  const sessions = { vhost, pattern: '^mqtt-subscription-', 'apply-to': 'queues' }
  // The oldest message goes first, as in mosquitto/mosquitto.conf.
  const queued = { 'max-length': 100_000, overflow: 'drop-head' }
  const prefixed = (filters: readonly string[]) => routingKeys(filters.map((filter) => prefix + filter))
  return {
    vhosts: [{ name: vhost }],
    users: [...logins, health].map(({ user, password }) => ({
      name: user,
      password_hash: hashOf({ user, password }),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: '',
    })),
    // Without a line here a user cannot connect. Without one in topic_permissions it could use all topics.
    permissions: [...logins, health].map(({ user }) => {
      // The queue of a session is named by the client id, so no user reads or deletes that of another.
      const clients = user === 'monitor' ? `(?:monitor|${doctorClients}[0-9a-f]+)` : user
      const own = `mqtt-subscription-${clients}qos[01]`
      return { user, vhost, configure: `^${own}$`, write: `^(?:amq\\.topic|${own})$`, read: `^(?:amq\\.topic|${own})$` }
    }),
    topic_permissions: [...logins, health].map(({ user }) => {
      const { write, read } = user === health.user ? { write: [], read: [] } : rightsOf(acl, user)
      return { user, vhost, exchange: 'amq.topic', write: prefixed(write), read: prefixed(read) }
    }),
    // A policy with ha-* is ignored for quorum queues, which are those of persistent sessions.
    policies: [
      { ...sessions, name: 'sessions', priority: 0, definition: queued },
      // A clean session at QoS 1 is a durable queue too. Without a mirror, SUBSCRIBE fails until its dead node is back.
      {
        ...sessions,
        name: 'clean-sessions',
        priority: 1,
        definition: { ...queued, 'ha-mode': 'exactly', 'ha-params': 2, 'ha-sync-mode': 'automatic' },
      },
    ],
  }
}

/** A salted hash (https://www.rabbitmq.com/docs/passwords#computing-password-hash). */
function hashOf(login: Login): string {
  const salt = saltOf(login, 4)
  return Buffer.concat([salt, createHash('sha256').update(salt).update(login.password).digest()]).toString('base64')
}
