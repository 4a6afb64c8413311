import { createHash } from 'node:crypto'
import type { Definitions } from './definitions.ts'

/**
 * A line for each user: its name, and a digest of its password and rights. A running node compares the lines with those
 * before (cluster/rabbitmq/follow.sh), and disconnects users that are gone or have changed.
 */
export function userList({ users, permissions, topic_permissions }: Definitions): string {
  const ofUser = (name: string) => [permissions, topic_permissions].map((rights) => rights.filter(({ user }) => user === name))
  const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
  return users.map((user) => `${user.name} ${digestOf(JSON.stringify([user, ofUser(user.name)]))}\n`).join('')
}
