import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Broker, kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { startSubscriber } from './recording-subscriber.ts'
import { start } from './subject.ts'

for (const kind of kinds) {
  describe(`the keep-alive with ${kind.name}`, { ...kind.need, concurrency: true }, () => {
    let broker: Broker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker.end())

    it('a broker that answers no ping counts as disconnected', async (t) => {
      const network = await startNetwork(broker.port, t)
      const { reached, states } = start(t, network.port, { clientId: 'a' }, { keepalive: 1 })
      await reached('connected')
      await network.until(() => network.sent.includes('pingreq'))
      assert.deepEqual(states, ['connected'])
      network.silence(true)
      assert.match(await reached('connecting'), /the broker does not answer any more$/)
      network.silence(false)
      await reached('connected')
    })

    it('a connection survives while ping responses wait behind messages that are held back', async (t) => {
      const network = await startNetwork(broker.port, t)
      const subscriber = await startSubscriber(broker.port, 'none')
      t.after(() => subscriber.end())
      const stored = Promise.withResolvers<void>()
      const { reached, until, received, states } = start(
        t,
        network.port,
        { clientId: 'b', onConnect: (link) => link.subscribe({ 'b/#': 1 }), onMessage: () => stored.promise },
        { keepalive: 1, unacknowledged: 2 },
      )
      await reached('connected')
      for (let i = 0; i < 4; i++) await subscriber.publish('b/x', `${i}`, { qos: 1 })
      await until(() => received.length >= 2)
      // Pings are sent twice a second; mqtt.js by itself gives up after 1.5 s.
      await network.until(() => network.sent.filter((type) => type === 'pingreq').length >= 5)
      stored.resolve()
      await network.until(() => network.sent.filter((type) => type === 'puback').length >= 4)
      assert.deepEqual(states, ['connected'])
    })
  })
}
