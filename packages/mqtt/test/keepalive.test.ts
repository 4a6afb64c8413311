import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Broker, kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { start } from './subject.ts'
import { startWitness } from './witness.ts'

for (const kind of kinds) {
  describe(`the signs of life between the link and ${kind.name}`, { ...kind.need, concurrency: true }, () => {
    let broker: Broker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker.end())

    it('are missed when the broker does not answer any more', async (t) => {
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

    it('are not missed while messages are held back, with the answers to our pings behind them', async (t) => {
      const network = await startNetwork(broker.port, t)
      const witness = await startWitness(broker.port, 'none')
      t.after(() => witness.end())
      const kept = Promise.withResolvers<void>()
      const { reached, until, received, states } = start(
        t,
        network.port,
        { clientId: 'b', onConnect: (link) => link.subscribe({ 'b/#': 1 }), onMessage: () => kept.promise },
        { keepalive: 1, unacknowledged: 2 },
      )
      await reached('connected')
      for (let i = 0; i < 4; i++) await witness.publish('b/x', `${i}`, { qos: 1 })
      await until(() => received.length >= 2)
      // Twice a second; mqtt.js by itself gives up after a second and a half.
      await network.until(() => network.sent.filter((type) => type === 'pingreq').length >= 5)
      kept.resolve()
      await network.until(() => network.sent.filter((type) => type === 'puback').length >= 4)
      assert.deepEqual(states, ['connected'])
    })
  })
}
