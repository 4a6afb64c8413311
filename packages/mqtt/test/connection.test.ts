import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { LinkOptions } from '../link.ts'
import { type Broker, kinds } from './brokers.ts'
import { type Network, startNetwork } from './network.ts'
import { start } from './subject.ts'
import { startWitness, type Witness } from './witness.ts'

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
    let witness: Witness
    before(async () => {
      broker = await kind.start()
      network = await startNetwork(broker.port)
      witness = await startWitness(broker.port)
    })
    after(async () => {
      await witness.end()
      await network.end()
      await broker.end()
    })

    it('counts as connected when the broker has what was said to announce it', async (t) => {
      const { link, states, reached, log } = start(t, broker.port, announcing)
      assert.equal(link.state, 'connecting')
      assert.match(link.why, /^connecting to 127\.0\.0\.1:\d+$/)
      assert.equal(await reached('connected'), '')
      await link.publish('live', '21.5', { qos: 0, retain: false })
      await witness.until((seen) => seen.includes('live 21.5'))
      assert.deepEqual(witness.seen.splice(0), ['info {}', 'status online', 'live 21.5'])
      assert.deepEqual(states, ['connected'])
      assert.match(log.join(''), /connected broker=127\.0\.0\.1:\d+ session=new/)
    })

    it('that is cut makes the broker publish the will, and is announced again when it is back', async (t) => {
      const { states, reached } = start(t, network.port, announcing)
      await reached('connected')
      network.cut()
      assert.match(await reached('connecting'), /the broker closed the connection|the connection was cut/)
      await reached('connected')
      await witness.until((seen) => seen.length >= 5)
      assert.deepEqual(witness.seen.splice(0), ['info {}', 'status online', 'status offline', 'info {}', 'status online'])
      assert.deepEqual(states, ['connected', 'connecting', 'connected'])
    })

    it('that we close says goodbye: no will', async (t) => {
      const { link, states, reached } = start(t, broker.port, announcing)
      await reached('connected')
      await link.publish('status', 'offline, on purpose', { qos: 1, retain: false })
      await Promise.all([link.close(), link.close()])
      await link.close()
      await witness.publish('marker', '', { qos: 1 })
      await witness.until((seen) => seen.includes('marker '))
      assert.deepEqual(witness.seen.splice(0), ['info {}', 'status online', 'status offline, on purpose', 'marker '])
      assert.deepEqual(states, ['connected', 'closed'])
      await assert.rejects(link.publish('status', 'online', { qos: 1, retain: false }), { name: 'NotConnected' })
    })

    it('lets go out what was published just before it is closed', async (t) => {
      const { link, reached } = start(t, broker.port)
      await reached('connected')
      const published = link.publish('last', 'words', { qos: 2, retain: false })
      await link.close()
      await published
      await witness.until((seen) => seen.includes('last words'))
      witness.seen.splice(0)
    })

    it('whose announcement fails is dropped and tried again, and the reason is told once', async (t) => {
      let failures = 3
      const { states, reached, log } = start(t, broker.port, {
        will: { topic: 'status', payload: 'offline', qos: 1, retain: false },
        async onConnect() {
          if (failures-- > 0) throw new Error('the database is not there')
        },
      })
      await reached('connected')
      assert.deepEqual(states, ['connecting', 'connected'])
      await witness.until((seen) => seen.length >= 3)
      assert.deepEqual(witness.seen.splice(0), Array(3).fill('status offline'))
      assert.equal(log.filter((line) => line.includes('the database is not there')).length, 1)
    })

    it('knows whether the broker has kept the session, and gets no message before it was announced', async (t) => {
      const sessions: boolean[] = []
      const order: string[] = []
      const keeping: Partial<LinkOptions> = {
        clientId: 'keeper',
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
      await witness.publish('kept/a', '1', { qos: 1 })
      await witness.publish('kept/b', '2', { qos: 1 })
      const second = start(t, broker.port, keeping)
      await second.until(() => second.received.length >= 2)
      await second.link.close()
      assert.deepEqual(sessions, [false, true])
      assert.deepEqual(order, ['announced', 'announced', 'kept/a 1', 'kept/b 2'])
      witness.seen.splice(0)
    })

    it('comes back by itself when the broker was away', async (t) => {
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
