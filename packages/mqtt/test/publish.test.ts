import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { brokerAndSubscriber } from './recording-subscriber.ts'
import { start } from './subject.ts'

const once = { qos: 1, retain: false } as const

for (const kind of kinds) {
  describe(`publishing to ${kind.name}`, kind.need, () => {
    const each = brokerAndSubscriber(kind, 'out/#')

    it('a message arrives unchanged at every QoS', async (t) => {
      const { link, reached } = start(t, each.broker.port)
      await reached('connected')
      for (const qos of [0, 1, 2] as const) await link.publish(`out/${qos}`, '客廳', { qos, retain: false })
      await link.publish('out/bytes', Buffer.from([0x31, 0x32]), once)
      await link.publish('out/empty', '', once)
      await each.subscriber.until((received) => received.length >= 5)
      // The handshake of QoS 2 takes longer.
      assert.deepEqual(each.subscriber.received.splice(0).sort(), ['out/0 客廳', 'out/1 客廳', 'out/2 客廳', 'out/bytes 12', 'out/empty '])
    })

    it('publish and subscribe fail at once while there is no connection, and name the reason', async (t) => {
      const { link, reached } = start(t, each.broker.port)
      await assert.rejects(link.publish('out/x', '', once), { name: 'NotConnected', message: /^not connected: connecting to 127/ })
      await assert.rejects(link.subscribe({ 'in/#': 1 }), { name: 'NotConnected' })
      await reached('connected')
    })

    it('an invalid topic or a packet over 64 KB is refused, and the link stays connected', async (t) => {
      const { link, reached, states } = start(t, each.broker.port)
      await reached('connected')
      for (const topic of ['', 'out/+', 'out/#', 'out/\0']) await assert.rejects(link.publish(topic, '', once), RangeError)
      await assert.rejects(link.publish('out/big', Buffer.alloc(65_536), once), /bytes on out\/big is over the limit of 65536/)
      await link.publish('out/big', Buffer.alloc(65_500, 0x20), once)
      await each.subscriber.until((received) => received.length >= 1)
      each.subscriber.received.splice(0)
      assert.deepEqual(states, ['connected'])
    })

    it('publish fails if the connection breaks before the acknowledgement, and the message is not sent again', async (t) => {
      const network = await startNetwork(each.broker.port, t)
      const { link, reached } = start(t, network.port)
      for (const qos of [1, 2] as const) {
        await reached('connected')
        network.silence(true)
        const failure = assert.rejects(link.publish('out/once', `${qos}`, { qos, retain: false }), { name: 'NotConnected' })
        // A broker may forward a message of QoS 2 only after our PUBREL, which is never sent here.
        if (qos === 1) await each.subscriber.until((received) => received.length >= 1)
        else await network.until(() => network.sent.filter((type) => type === 'publish').length >= 3)
        network.silence(false)
        network.cut()
        await failure
        await reached('connected')
        await link.publish('out/marker', `${qos}`, once)
        await each.subscriber.until((received) => received.includes(`out/marker ${qos}`))
        const published = each.subscriber.received.splice(0)
        if (qos === 1 || published.length > 1) assert.deepEqual(published, [`out/once ${qos}`, `out/marker ${qos}`])
      }
    })

    it('publish fails if the message never reached the broker, and it is not sent again', async (t) => {
      const network = await startNetwork(each.broker.port, t)
      const { link, reached } = start(t, network.port)
      await reached('connected')
      network.cutAt('publish')
      await assert.rejects(link.publish('out/lost', '', once), { name: 'NotConnected' })
      await reached('connected')
      await link.publish('out/marker', '', once)
      await each.subscriber.until((received) => received.includes('out/marker '))
      assert.deepEqual(each.subscriber.received.splice(0), ['out/marker '])
    })

    it('hundreds of messages can be published at a time', async (t) => {
      const { link, reached } = start(t, each.broker.port)
      await reached('connected')
      await Promise.all(Array.from({ length: 500 }, (_, i) => link.publish('out/many', `${i}`, once)))
      await each.subscriber.until((received) => received.length >= 500)
      assert.deepEqual(
        each.subscriber.received.splice(0),
        Array.from({ length: 500 }, (_, i) => `out/many ${i}`),
      )
    })
  })

  describe(`subscribing at ${kind.name}`, kind.need, () => {
    const each = brokerAndSubscriber(kind, 'none')

    it('a matching message arrives at the QoS of the subscription', async (t) => {
      const { link, reached, received, until } = start(t, each.broker.port)
      await reached('connected')
      await link.subscribe({ 'in/+/a': 0, 'in/+/b': 1, 'in/+/c': 2 })
      for (const topic of ['in/x/d', 'in/x/a', 'in/x/b', 'in/x/c'])
        await each.subscriber.publish(topic, 'x', { qos: topic === 'in/x/c' ? 2 : 1 })
      await until(() => received.length >= 3)
      assert.deepEqual(received.map(({ topic, qos }) => `${topic} ${qos}`).sort(), ['in/x/a 0', 'in/x/b 1', 'in/x/c 2'])
    })

    it('an invalid topic filter is refused', async (t) => {
      const { link, reached } = start(t, each.broker.port)
      await reached('connected')
      await assert.rejects(link.subscribe({ 'in/#/a': 1, 'in/a': 1 }), /^RangeError: not a topic filter: "in\/#\/a"$/)
      await assert.rejects(link.subscribe({}), RangeError)
    })
  })
}

describe('a subscription that the broker refuses', () => {
  it('subscribe names the filters that the broker refuses, and the connection stays', async (t) => {
    const broker = await kinds[1]?.start()
    assert.ok(broker)
    t.after(() => broker.end())
    const { link, reached, states } = start(t, broker.port)
    await reached('connected')
    await assert.rejects(link.subscribe({ 'in/a': 1, 'secret/a': 1, 'secret/b': 0 }), /refuses the subscription to secret\/a, secret\/b$/)
    assert.deepEqual(states, ['connected'])
  })
})
