import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { rabbitmq } from '../../cluster/rabbitmq/index.ts'
import { routingKeys } from '../../cluster/rabbitmq/topic-permissions.ts'
import { assertNoWiderFilters, assertSameAnswers, house } from './table.ts'

interface Definitions {
  users: { name: string; password_hash: string }[]
  permissions: { user: string; configure: string; write: string; read: string }[]
  topic_permissions: { user: string; read: string; write: string }[]
}

const definitionsOf = async (prefix = ''): Promise<Definitions> => {
  const files = await rabbitmq.files({ ...house, prefix })
  return JSON.parse(files.find(({ name }) => name === 'definitions.json')?.text ?? '')
}
/** As RabbitMQ's plugin translates topics and filters. */
const toRoutingKey = (topic: string) => topic.replaceAll('/', '.').replaceAll('+', '*')
const decidesBy =
  ({ topic_permissions }: Definitions) =>
  (user: string, action: 'read' | 'write', topic: string) =>
    new RegExp(topic_permissions.find((one) => one.user === user)?.[action] ?? '', 's').test(toRoutingKey(topic))

describe('The definitions for RabbitMQ', async () => {
  const definitions = await definitionsOf()

  it('give the same answers as the access list', () => {
    const decides = decidesBy(definitions)
    // Clients of RabbitMQ cannot publish to its own topics: it has none.
    assertSameAnswers(decides)
  })

  it('refuse subscriptions that would read more', () => {
    const decides = decidesBy(definitions)
    assertNoWiderFilters((user, filter) => decides(user, 'read', filter))
  })

  it('put the prefix of the house before each topic', async () => {
    const decides = decidesBy(await definitionsOf('site-7/'))
    assert.ok(decides('pi-1', 'write', 'site-7/home/kitchen/temperature') && decides('monitor', 'read', 'site-7/#'))
    assert.ok(
      !decides('pi-1', 'write', 'home/kitchen/temperature') && !decides('monitor', 'read', '#') && !decides('monitor', 'read', 'site-8/#'),
    )
  })

  it('let each user have the queues of its own session, and of no other', () => {
    for (const { user, ...rights } of definitions.permissions)
      for (const [right, text] of Object.entries(rights))
        if (right !== 'vhost')
          for (const other of house.logins)
            for (const qos of [0, 1]) {
              const may = new RegExp(text).test(`mqtt-subscription-${other.user}qos${qos}`)
              assert.equal(may, other.user === user, `${user} ${right} queue of ${other.user}`)
            }
  })

  it('contain a salted hash of each password, the same in each run', async () => {
    const again = await definitionsOf()
    for (const [i, { name, password_hash }] of definitions.users.entries()) {
      const bytes = Buffer.from(password_hash, 'base64')
      const password = name === 'balancer' ? 'secret-for-balancer' : `password-of-${name}`
      const expected = createHash('sha256').update(bytes.subarray(0, 4)).update(password).digest()
      assert.deepEqual(bytes.subarray(4), expected)
      assert.equal(again.users[i]?.password_hash, password_hash)
    }
  })

  it('give the health check of the balancer no right', () => {
    const { topic_permissions } = definitions
    assert.deepEqual(topic_permissions.find(({ user }) => user === 'balancer')?.read, '^$')
    assert.deepEqual(topic_permissions.find(({ user }) => user === 'balancer')?.write, '^$')
  })

  it('refuse a topic that RabbitMQ would deliver as another one', () => {
    assert.throws(() => routingKeys(['home/attic.north/+']), /cannot deliver home\/attic\.north\/\+/)
    assert.throws(() => routingKeys(['home/*/+']), /cannot deliver/)
  })
})
