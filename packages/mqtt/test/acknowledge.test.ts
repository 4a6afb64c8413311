import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { LinkOptions, Packet } from '../link.ts'
import { type Broker, kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { start } from './subject.ts'
import { startWitness, type Witness } from './witness.ts'

const texts = (packets: readonly Packet[]) => packets.map(({ payload }) => payload.toString())
const never = new Promise<void>(() => {})

for (const kind of kinds) {
  describe(`the acknowledgement of messages from ${kind.name}`, kind.need, () => {
    let broker: Broker
    let witness: Witness
    let count = 0
    before(async () => {
      broker = await kind.start()
      witness = await startWitness(broker.port, 'none')
    })
    after(async () => {
      await witness.end()
      await broker.end()
    })

    /** A network and a client id of its own for each test. */
    const house = async (t: TestContext) => {
      const clientId = `keeper-${count++}`
      const network = await startNetwork(broker.port, t)
      return {
        network,
        subject: (onMessage: LinkOptions['onMessage'], limits = {}) =>
          start(
            t,
            network.port,
            { clientId, clean: false, onConnect: (link) => link.subscribe({ [`${clientId}/#`]: 2 }), onMessage },
            limits,
          ),
        say: (payload: string | number, qos: 0 | 1 | 2 = 1) => witness.publish(`${clientId}/x`, String(payload), { qos }),
        pubacks: () => network.sent.filter((type) => type === 'puback').length,
      }
    }

    it('comes at once where nothing is returned', async (t) => {
      const { network, subject, say, pubacks } = await house(t)
      const { reached, received } = subject(() => undefined)
      await reached('connected')
      await say('a')
      await network.until(() => pubacks() >= 1)
      assert.deepEqual(texts(received), ['a'])
    })

    it('waits for the promise, while the messages behind are handled', async (t) => {
      const { network, subject, say, pubacks } = await house(t)
      const kept = Promise.withResolvers<void>()
      const { reached, received, until } = subject(() => kept.promise)
      await reached('connected')
      for (const text of ['a', 'b', 'c']) await say(text)
      await say('not acknowledged at all', 0)
      await until(() => received.length >= 4)
      assert.equal(pubacks(), 0)
      kept.resolve()
      await network.until(() => pubacks() >= 3)
    })

    it('that never came makes the broker send the message again, and only that one', async (t) => {
      const { network, subject, say, pubacks } = await house(t)
      const { link, reached, received, until } = subject(({ payload }) => (Number(payload) % 2 === 0 ? Promise.resolve() : never))
      await reached('connected')
      for (let i = 0; i < 10; i++) await say(i)
      await network.until(() => pubacks() >= 5)
      await until(() => received.length >= 10)
      // Its answer says that the broker has read what went before; a cut may take along what it has not read.
      await link.publish('a', 'b', { qos: 1, retain: false })
      network.cut()
      await until(() => received.length >= 15)
      await say('marker', 0)
      await until(() => received.length >= 16)
      assert.deepEqual(texts(received).slice(10), ['1', '3', '5', '7', '9', 'marker'])
      // aedes leaves the mark of a repeat out.
      if (kind.name === 'Mosquitto') assert.ok(received.slice(10, 15).every(({ dup }) => dup))
    })

    it('that is due when the connection is another one is not sent any more', async (t) => {
      const { network, subject, say, pubacks } = await house(t)
      const kept = Promise.withResolvers<void>()
      const { link, reached, received, until } = subject(() => (received.length === 1 ? kept.promise : never))
      await reached('connected')
      await say('a')
      await until(() => received.length >= 1)
      network.cut()
      await until(() => received.length >= 2)
      kept.resolve()
      await say('marker', 0)
      await until(() => received.length >= 3)
      // What is due would have gone out long before the broker has answered this.
      await link.publish('a', 'b', { qos: 1, retain: false })
      assert.equal(pubacks(), 0)
    })

    it('of 2,000 messages takes one promise for each few hundred', async (t) => {
      const { network, subject, say, pubacks } = await house(t)
      const groups: PromiseWithResolvers<void>[] = []
      const { reached, received, until } = subject(() => {
        if (received.length % 250 === 1) {
          const group = Promise.withResolvers<void>()
          groups.push(group)
          // As a database would, after all that has arrived by now.
          setImmediate(group.resolve)
        }
        return groups.at(-1)?.promise
      })
      await reached('connected')
      await Promise.all(Array.from({ length: 2000 }, (_, i) => say(i)))
      await until(() => received.length >= 2000)
      await network.until(() => pubacks() >= 2000)
      assert.deepEqual(
        texts(received),
        Array.from({ length: 2000 }, (_, i) => String(i)),
      )
      assert.equal(groups.length, 8)
      assert.ok(received.every(({ dup }) => !dup))
    })

    it('is not due for too many at a time: reading stops until some have gone out', async (t) => {
      const { network, subject, say, pubacks } = await house(t)
      const groups: PromiseWithResolvers<void>[] = []
      const { reached, received, until } = subject(
        () => {
          const group = Promise.withResolvers<void>()
          groups.push(group)
          return group.promise
        },
        { unacknowledged: 10 },
      )
      await reached('connected')
      await Promise.all(Array.from({ length: 30 }, (_, i) => say(i)))
      await until(() => received.length >= 10)
      // A round trip to the broker and back: all of them have arrived by now.
      await say('one more')
      assert.equal(received.length, 10)
      for (let i = 0; i < 31; i++) {
        await until(() => groups[i] !== undefined)
        groups[i]?.resolve()
      }
      await network.until(() => pubacks() >= 31)
    })

    it('that fails drops the connection, so that the broker sends the message again', async (t) => {
      const { network, subject, say, pubacks } = await house(t)
      let failing = true
      const { reached, received, until, states } = subject(async () => {
        if (failing) throw new Error('the disk is full')
      })
      await reached('connected')
      await say('a')
      assert.match(await reached('connecting'), /could not be kept: the disk is full/)
      failing = false
      await until(() => received.length >= 2)
      await network.until(() => pubacks() >= 1)
      await reached('connected')
      assert.deepEqual(new Set(states), new Set(['connected', 'connecting']))
    })

    it('is not needed at QoS 0, but a failure drops the connection there too', async (t) => {
      const { subject, say } = await house(t)
      const { reached, received, until } = subject(() => Promise.reject(new Error('the disk is full')))
      await reached('connected')
      await say('a', 0)
      await until(() => received.length >= 1)
      assert.match(await reached('connecting'), /could not be kept: the disk is full/)
      await reached('connected')
    })

    it('under way is waited for when we close', async (t) => {
      const { subject, say, pubacks } = await house(t)
      const kept = Promise.withResolvers<void>()
      const { link, reached, received, until } = subject(() => kept.promise, { goodbye: 2000 })
      await reached('connected')
      await say('a')
      await until(() => received.length >= 1)
      const closed = link.close()
      await say('for the next one')
      kept.resolve()
      await closed
      assert.equal(pubacks(), 1)
      const next = subject(() => undefined)
      await next.until(() => next.received.length >= 1)
      assert.deepEqual(texts([...received, ...next.received]), ['a', 'for the next one'])
    })

    for (const type of ['pubrec', 'pubcomp']) {
      it(`of QoS 2 hands the message over exactly once, where the connection breaks at the ${type.toUpperCase()} too`, async (t) => {
        const { network, subject, say } = await house(t)
        const { reached, received, until } = subject(() => undefined)
        await reached('connected')
        network.cutAt(type)
        await say('a', 2)
        await network.until(() => network.sent.filter((sent) => sent === 'pubcomp').length >= (type === 'pubcomp' ? 2 : 1))
        await say('b', 2)
        await until(() => received.length >= 2)
        assert.deepEqual(texts(received), ['a', 'b'])
      })
    }
  })
}
