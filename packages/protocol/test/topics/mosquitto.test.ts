import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import fc from 'fast-check'
import { connectAsync, type MqttClient } from 'mqtt'
import { isFilter, isTopic, matches } from '../../index.ts'
import { path } from '../arbitraries.ts'

const some = <T>(arbitrary: fc.Arbitrary<T>, count: number) => [...new Set(fc.sample(arbitrary, count))]
const options = { protocolVersion: 4, reconnectPeriod: 0 } as const

describe('Mosquitto', need('mosquitto'), () => {
  let broker: Mosquitto
  const clients = new Set<MqttClient>()
  const connect = async () => {
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, options)
    clients.add(client)
    return client
  }

  before(async () => {
    broker = await startMosquitto()
  })
  after(async () => {
    for (const client of clients) await client.endAsync(true)
    await broker.stop()
  })

  it('delivers to each filter exactly the topics that match it', async () => {
    const filters = some(path.filter(isFilter), 60)
    // Mosquitto reserves topics that begin with $ and does not deliver messages on them.
    const topics = some(
      path.filter((topic) => isTopic(topic) && !topic.startsWith('$')),
      150,
    )
    const subscribers = await Promise.all(
      filters.map(async (filter) => {
        const client = await connect()
        const delivered = new Set<string>()
        client.on('message', (topic) => delivered.add(topic))
        await client.subscribeAsync(filter, { qos: 0 })
        return { filter, client, delivered }
      }),
    )
    const publisher = await connect()
    for (const topic of topics) await publisher.publishAsync(topic, 'x', { qos: 1 })
    for (const { filter, client, delivered } of subscribers) {
      // The broker answers after it has delivered all earlier messages.
      await client.unsubscribeAsync(filter)
      const own = [...delivered].filter((topic) => !topic.startsWith('$'))
      assert.deepEqual(new Set(own), new Set(topics.filter((topic) => matches(filter, topic))), filter)
    }
  })

  it('closes the connection for a topic with a control character or a noncharacter', async () => {
    for (const text of ['a\tb', 'a\u007fb', 'a\u0085b', 'a\ufffeb', 'a\ufdd0b']) {
      assert.ok(!isTopic(text))
      const client = await connect()
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
      client.on('error', () => {})
      client.publish(text, 'x', { qos: 1 }, () => {})
      await closed
    }
  })
})
