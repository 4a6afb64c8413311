import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Broker, kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { start } from './subject.ts'
import { startWitness, type Witness } from './witness.ts'

const once = { qos: 1, retain: false } as const

for (const kind of kinds) {
  describe(`publishing to ${kind.name}`, kind.need, () => {
    let broker: Broker
    let witness: Witness
    before(async () => {
      broker = await kind.start()
      witness = await startWitness(broker.port, 'out/#')
    })
    after(async () => {
      await witness.end()
      await broker.end()
    })

    it('brings each message as it was given', async (t) => {
      const { link, reached } = start(t, broker.port)
      await reached('connected')
      for (const qos of [0, 1, 2] as const) await link.publish(`out/${qos}`, '客廳', { qos, retain: false })
      await link.publish('out/bytes', Buffer.from([0x31, 0x32]), once)
      await link.publish('out/empty', '', once)
      await witness.until((seen) => seen.length >= 5)
      // The handshake of QoS 2 takes longer.
      assert.deepEqual(witness.seen.splice(0).sort(), ['out/0 客廳', 'out/1 客廳', 'out/2 客廳', 'out/bytes 12', 'out/empty '])
    })

    it('refuses at once while there is no connection, and says why there is none', async (t) => {
      const { link, reached } = start(t, broker.port)
      await assert.rejects(link.publish('out/x', '', once), { name: 'NotConnected', message: /^not connected: connecting to 127/ })
      await assert.rejects(link.subscribe({ 'in/#': 1 }), { name: 'NotConnected' })
      await reached('connected')
    })

    it('refuses what is no topic and what is over 64 KB, and stays connected', async (t) => {
      const { link, reached, states } = start(t, broker.port)
      await reached('connected')
      for (const topic of ['', 'out/+', 'out/#', 'out/\0']) await assert.rejects(link.publish(topic, '', once), RangeError)
      await assert.rejects(link.publish('out/big', Buffer.alloc(65_536), once), /bytes on out\/big is over the limit of 65536/)
      await link.publish('out/big', Buffer.alloc(65_500, 0x20), once)
      await witness.until((seen) => seen.length >= 1)
      witness.seen.splice(0)
      assert.deepEqual(states, ['connected'])
    })

    it('fails when the connection breaks before the answer, and nothing is sent again behind our back', async (t) => {
      const network = await startNetwork(broker.port, t)
      const { link, reached } = start(t, network.port)
      for (const qos of [1, 2] as const) {
        await reached('connected')
        network.silence(true)
        const failure = assert.rejects(link.publish('out/once', `${qos}`, { qos, retain: false }), { name: 'NotConnected' })
        // A broker that passes a message of QoS 2 on by the book has it at our PUBREL only, which is never sent.
        if (qos === 1) await witness.until((seen) => seen.length >= 1)
        else await network.until(() => network.sent.filter((type) => type === 'publish').length >= 3)
        network.silence(false)
        network.cut()
        await failure
        await reached('connected')
        await link.publish('out/marker', `${qos}`, once)
        await witness.until((seen) => seen.includes(`out/marker ${qos}`))
        const seen = witness.seen.splice(0)
        if (qos === 1 || seen.length > 1) assert.deepEqual(seen, [`out/once ${qos}`, `out/marker ${qos}`])
      }
    })

    it('fails where the message never reached the broker, which then never sees it', async (t) => {
      const network = await startNetwork(broker.port, t)
      const { link, reached } = start(t, network.port)
      await reached('connected')
      network.cutAt('publish')
      await assert.rejects(link.publish('out/lost', '', once), { name: 'NotConnected' })
      await reached('connected')
      await link.publish('out/marker', '', once)
      await witness.until((seen) => seen.includes('out/marker '))
      assert.deepEqual(witness.seen.splice(0), ['out/marker '])
    })

    it('works for hundreds at a time', async (t) => {
      const { link, reached } = start(t, broker.port)
      await reached('connected')
      await Promise.all(Array.from({ length: 500 }, (_, i) => link.publish('out/many', `${i}`, once)))
      await witness.until((seen) => seen.length >= 500)
      assert.deepEqual(
        witness.seen.splice(0),
        Array.from({ length: 500 }, (_, i) => `out/many ${i}`),
      )
    })
  })

  describe(`subscribing at ${kind.name}`, kind.need, () => {
    let broker: Broker
    let witness: Witness
    before(async () => {
      broker = await kind.start()
      witness = await startWitness(broker.port, 'none')
    })
    after(async () => {
      await witness.end()
      await broker.end()
    })

    it('brings what matches, at the QoS that was asked for', async (t) => {
      const { link, reached, received, until } = start(t, broker.port)
      await reached('connected')
      await link.subscribe({ 'in/+/a': 0, 'in/+/b': 1, 'in/+/c': 2 })
      for (const topic of ['in/x/d', 'in/x/a', 'in/x/b', 'in/x/c']) await witness.publish(topic, 'x', { qos: topic === 'in/x/c' ? 2 : 1 })
      await until(() => received.length >= 3)
      assert.deepEqual(received.map(({ topic, qos }) => `${topic} ${qos}`).sort(), ['in/x/a 0', 'in/x/b 1', 'in/x/c 2'])
    })

    it('refuses what is no filter', async (t) => {
      const { link, reached } = start(t, broker.port)
      await reached('connected')
      await assert.rejects(link.subscribe({ 'in/#/a': 1, 'in/a': 1 }), /^RangeError: not a topic filter: "in\/#\/a"$/)
      await assert.rejects(link.subscribe({}), RangeError)
    })
  })
}

describe('a subscription that the broker refuses', () => {
  it('is named, and the connection stays', async (t) => {
    const broker = await kinds[1]?.start()
    assert.ok(broker)
    t.after(() => broker.end())
    const { link, reached, states } = start(t, broker.port)
    await reached('connected')
    await assert.rejects(link.subscribe({ 'in/a': 1, 'secret/a': 1, 'secret/b': 0 }), /refuses the subscription of secret\/a, secret\/b$/)
    assert.deepEqual(states, ['connected'])
  })
})
