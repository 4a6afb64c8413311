import { createHash } from 'node:crypto'
import type { House, Login } from '../broker.ts'
import { rightsOf } from '../rights.ts'
import { routingKeys } from './topic-permissions.ts'

/**
 * Users, rights and policies for RabbitMQ (https://www.rabbitmq.com/docs/definitions).
 * @throws SetupError for a right that RabbitMQ cannot express
 */
export function definitionsOf({ acl, logins, prefix }: House): object {
  const vhost = '/'
  const prefixed = (filters: readonly string[]) => routingKeys(filters.map((filter) => prefix + filter))
  return {
    vhosts: [{ name: vhost }],
    users: logins.map(({ user, password }) => ({
      name: user,
      password_hash: hashOf({ user, password }),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: '',
    })),
    permissions: logins.map(({ user }) => {
      // The queue of a session is named by the client id, so no user reads or deletes that of another.
      const own = `mqtt-subscription-${user}qos[01]`
      return { user, vhost, configure: `^${own}$`, write: `^(?:amq\\.topic|${own})$`, read: `^(?:amq\\.topic|${own})$` }
    }),
    topic_permissions: logins.map(({ user }) => {
      const { write, read } = rightsOf(acl, user)
      return { user, vhost, exchange: 'amq.topic', write: prefixed(write), read: prefixed(read) }
    }),
    policies: [
      {
        vhost,
        name: 'sessions',
        pattern: '^mqtt-subscription-',
        'apply-to': 'queues',
        priority: 0,
        // A session at QoS 1 is a durable queue. Without a mirror, SUBSCRIBE fails until its dead node is back. Queues of
        // persistent sessions are quorum queues, which ignore ha-*.
        definition: { 'ha-mode': 'exactly', 'ha-params': 2, 'ha-sync-mode': 'automatic', 'max-length': 100_000 },
      },
    ],
  }
}

/**
 * A salted hash (https://www.rabbitmq.com/docs/passwords#computing-password-hash). The salt is made of the login, so that a
 * second run writes the same file. Passwords of setup have 138 random bits.
 */
function hashOf({ user, password }: Login): string {
  const salt = createHash('sha256').update(`salt\0${user}\0${password}`).digest().subarray(0, 4)
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64')
}
