import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { LinkOptions } from '../link.ts'
import { type Broker, kinds } from './brokers.ts'
import { type Network, startNetwork } from './network.ts'
import { type RecordingSubscriber, startSubscriber } from './recording-subscriber.ts'
import { start } from './subject.ts'

const announcing: Partial<LinkOptions> = {
  will: { topic: 'status', payload: 'offline', qos: 1, retain: false },
  async onConnect(link) {
    await link.publish('info', '{}', { qos: 1, retain: false })
    await link.publish('status', 'online', { qos: 1, retain: false })
  },
}

for (const kind of kinds) {
  describe(`a connection to ${kind.name}`, kind.need, () => {
    let broker: Broker
    let network: Network
    let subscriber: RecordingSubscriber
    before(async () => {
      broker = await kind.start()
      network = await startNetwork(broker.port)
      subscriber = await startSubscriber(broker.port)
    })
    after(async () => {
      await subscriber.end()
      await network.end()
      await broker.end()
    })

    it('a link is connected once the broker has acknowledged its birth messages', async (t) => {
      const { link, states, reached, log } = start(t, broker.port, announcing)
      assert.equal(link.state, 'connecting')
      assert.match(link.why, /^connecting to 127\.0\.0\.1:\d+$/)
      assert.equal(await reached('connected'), '')
      await link.publish('live', '21.5', { qos: 0, retain: false })
      await subscriber.until((received) => received.includes('live 21.5'))
      assert.deepEqual(subscriber.received.splice(0), ['info {}', 'status online', 'live 21.5'])
      assert.deepEqual(states, ['connected'])
      assert.match(log.join(''), /connected broker=127\.0\.0\.1:\d+ session=new/)
    })

    it('a connection that is cut makes the broker publish the will, and the link reconnects and announces itself again', async (t) => {
      const { states, reached } = start(t, network.port, announcing)
      await reached('connected')
      network.cut()
      assert.match(await reached('connecting'), /the broker closed the connection|the connection was cut/)
      await reached('connected')
      await subscriber.until((received) => received.length >= 5)
      assert.deepEqual(subscriber.received.splice(0), ['info {}', 'status online', 'status offline', 'info {}', 'status online'])
      assert.deepEqual(states, ['connected', 'connecting', 'connected'])
    })

    it('a link that is closed disconnects cleanly: the broker publishes no will', async (t) => {
      const { link, states, reached } = start(t, broker.port, announcing)
      await reached('connected')
      await link.publish('status', 'offline, on purpose', { qos: 1, retain: false })
      await Promise.all([link.close(), link.close()])
      await link.close()
      await subscriber.publish('marker', '', { qos: 1 })
      await subscriber.until((received) => received.includes('marker '))
      assert.deepEqual(subscriber.received.splice(0), ['info {}', 'status online', 'status offline, on purpose', 'marker '])
      assert.deepEqual(states, ['connected', 'closed'])
      await assert.rejects(link.publish('status', 'online', { qos: 1, retain: false }), { name: 'NotConnected' })
    })

    it('a message that is published just before close is still sent', async (t) => {
      const { link, reached } = start(t, broker.port)
      await reached('connected')
      const published = link.publish('last', 'words', { qos: 2, retain: false })
      await link.close()
      await published
      await subscriber.until((received) => received.includes('last words'))
      subscriber.received.splice(0)
    })

    it('a connection whose onConnect fails is dropped and retried, and the reason is logged once', async (t) => {
      let failures = 3
      const { states, reached, log } = start(t, broker.port, {
        will: { topic: 'status', payload: 'offline', qos: 1, retain: false },
        async onConnect() {
          if (failures-- > 0) throw new Error('the database is not there')
        },
      })
      await reached('connected')
      assert.deepEqual(states, ['connecting', 'connected'])
      await subscriber.until((received) => received.length >= 3)
      assert.deepEqual(subscriber.received.splice(0), Array(3).fill('status offline'))
      assert.equal(log.filter((line) => line.includes('the database is not there')).length, 1)
    })

    it('onConnect learns if the session is present, and runs before the first message is delivered', async (t) => {
      const sessions: boolean[] = []
      const order: string[] = []
      const keeping: Partial<LinkOptions> = {
        clientId: 'persistent',
        clean: false,
        async onConnect(link, { present }) {
          sessions.push(present)
          order.push('announced')
          await link.subscribe({ 'kept/#': 1 })
        },
        onMessage(packet) {
          order.push(`${packet.topic} ${packet.payload}`)
          return undefined
        },
      }
      const first = start(t, broker.port, keeping)
      await first.reached('connected')
      await first.link.close()
      await subscriber.publish('kept/a', '1', { qos: 1 })
      await subscriber.publish('kept/b', '2', { qos: 1 })
      const second = start(t, broker.port, keeping)
      await second.until(() => second.received.length >= 2)
      await second.link.close()
      assert.deepEqual(sessions, [false, true])
      assert.deepEqual(order, ['announced', 'announced', 'kept/a 1', 'kept/b 2'])
      subscriber.received.splice(0)
    })

    it('a link reconnects by itself when the broker is back', async (t) => {
      const { link, reached, states } = start(t, broker.port, announcing)
      await reached('connected')
      await broker.stop()
      await reached('connecting')
      await assert.rejects(link.publish('a', 'b', { qos: 1, retain: false }), { name: 'NotConnected' })
      await broker.start()
      await reached('connected')
      await link.publish('a', 'b', { qos: 1, retain: false })
      assert.equal(states.at(-1), 'connected')
    })
  })
}
