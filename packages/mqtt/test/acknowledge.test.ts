import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { LinkOptions, Packet } from '../link.ts'
import { kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { brokerAndSubscriber } from './recording-subscriber.ts'
import { start } from './subject.ts'

const texts = (packets: readonly Packet[]) => packets.map(({ payload }) => payload.toString())
const never = new Promise<void>(() => {})

for (const kind of kinds) {
  describe(`acknowledging messages from ${kind.name}`, kind.need, () => {
    const each = brokerAndSubscriber(kind, 'none')
    let count = 0

    /** Starts a network and chooses a client id for one test. */
    const testbed = async (t: TestContext) => {
      const clientId = `receiver-${count++}`
      const network = await startNetwork(each.broker.port, t)
      return {
        network,
        subject: (onMessage: LinkOptions['onMessage'], limits = {}) =>
          start(
            t,
            network.port,
            { clientId, clean: false, onConnect: (link) => link.subscribe({ [`${clientId}/#`]: 2 }), onMessage },
            limits,
          ),
        publish: (payload: string | number, qos: 0 | 1 | 2 = 1) => each.subscriber.publish(`${clientId}/x`, String(payload), { qos }),
        pubacks: () => network.sent.filter((type) => type === 'puback').length,
      }
    }

    it('a message is acknowledged at once if onMessage returns undefined', async (t) => {
      const { network, subject, publish, pubacks } = await testbed(t)
      const { reached, received } = subject(() => undefined)
      await reached('connected')
      await publish('a')
      await network.until(() => pubacks() >= 1)
      assert.deepEqual(texts(received), ['a'])
    })

    it('an acknowledgement waits for the promise, while later messages are handled', async (t) => {
      const { network, subject, publish, pubacks } = await testbed(t)
      const stored = Promise.withResolvers<void>()
      const { reached, received, until } = subject(() => stored.promise)
      await reached('connected')
      for (const text of ['a', 'b', 'c']) await publish(text)
      await publish('not acknowledged at all', 0)
      await until(() => received.length >= 4)
      assert.equal(pubacks(), 0)
      stored.resolve()
      await network.until(() => pubacks() >= 3)
    })

    it('a message that was never acknowledged is redelivered, and only that message', async (t) => {
      const { network, subject, publish, pubacks } = await testbed(t)
      const { link, reached, received, until } = subject(({ payload }) => (Number(payload) % 2 === 0 ? Promise.resolve() : never))
      await reached('connected')
      for (let i = 0; i < 10; i++) await publish(i)
      await network.until(() => pubacks() >= 5)
      await until(() => received.length >= 10)
      // The answer confirms that the broker has read all earlier packets; a cut may lose unread ones.
      await link.publish('a', 'b', { qos: 1, retain: false })
      network.cut()
      await until(() => received.length >= 15)
      await publish('marker', 0)
      await until(() => received.length >= 16)
      assert.deepEqual(texts(received).slice(10), ['1', '3', '5', '7', '9', 'marker'])
      // aedes does not set the DUP flag.
      if (kind.name === 'Mosquitto') assert.ok(received.slice(10, 15).every(({ dup }) => dup))
    })

    it('an acknowledgement that becomes due on a later connection is not sent', async (t) => {
      const { network, subject, publish, pubacks } = await testbed(t)
      const stored = Promise.withResolvers<void>()
      const { link, reached, received, until } = subject(() => (received.length === 1 ? stored.promise : never))
      await reached('connected')
      await publish('a')
      await until(() => received.length >= 1)
      network.cut()
      await until(() => received.length >= 2)
      stored.resolve()
      await publish('marker', 0)
      await until(() => received.length >= 3)
      // An acknowledgement would have been sent long before the broker answers this.
      await link.publish('a', 'b', { qos: 1, retain: false })
      assert.equal(pubacks(), 0)
    })

    it('one promise acknowledges hundreds of messages', async (t) => {
      const { network, subject, publish, pubacks } = await testbed(t)
      const groups: PromiseWithResolvers<void>[] = []
      const { reached, received, until } = subject(() => {
        if (received.length % 250 === 1) {
          const group = Promise.withResolvers<void>()
          groups.push(group)
          // Like a database commit, after all messages that have arrived by now.
          setImmediate(group.resolve)
        }
        return groups.at(-1)?.promise
      })
      await reached('connected')
      await Promise.all(Array.from({ length: 2000 }, (_, i) => publish(i)))
      await until(() => received.length >= 2000)
      await network.until(() => pubacks() >= 2000)
      assert.deepEqual(
        texts(received),
        Array.from({ length: 2000 }, (_, i) => String(i)),
      )
      assert.equal(groups.length, 8)
      assert.ok(received.every(({ dup }) => !dup))
    })

    it('reading stops while too many acknowledgements are pending', async (t) => {
      const { network, subject, publish, pubacks } = await testbed(t)
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
      await Promise.all(Array.from({ length: 30 }, (_, i) => publish(i)))
      await until(() => received.length >= 10)
      // A round trip to the broker: all of the messages have arrived by now.
      await publish('one more')
      assert.equal(received.length, 10)
      for (let i = 0; i < 31; i++) {
        await until(() => groups[i] !== undefined)
        groups[i]?.resolve()
      }
      await network.until(() => pubacks() >= 31)
    })

    it('a rejected promise drops the connection, so that the broker redelivers the message', async (t) => {
      const { network, subject, publish, pubacks } = await testbed(t)
      let failing = true
      const { reached, received, until, states } = subject(async () => {
        if (failing) throw new Error('the disk is full')
      })
      await reached('connected')
      await publish('a')
      assert.match(await reached('connecting'), /could not be stored: the disk is full/)
      failing = false
      await until(() => received.length >= 2)
      await network.until(() => pubacks() >= 1)
      await reached('connected')
      assert.deepEqual(new Set(states), new Set(['connected', 'connecting']))
    })

    it('a rejected promise for a message of QoS 0 drops the connection too', async (t) => {
      const { subject, publish } = await testbed(t)
      const { reached, received, until } = subject(() => Promise.reject(new Error('the disk is full')))
      await reached('connected')
      await publish('a', 0)
      await until(() => received.length >= 1)
      assert.match(await reached('connecting'), /could not be stored: the disk is full/)
      await reached('connected')
    })

    it('close waits for a pending acknowledgement', async (t) => {
      const { subject, publish, pubacks } = await testbed(t)
      const stored = Promise.withResolvers<void>()
      const { link, reached, received, until } = subject(() => stored.promise, { closeTimeout: 2000 })
      await reached('connected')
      await publish('a')
      await until(() => received.length >= 1)
      const closed = link.close()
      await publish('for the next one')
      stored.resolve()
      await closed
      assert.equal(pubacks(), 1)
      const next = subject(() => undefined)
      await next.until(() => next.received.length >= 1)
      assert.deepEqual(texts([...received, ...next.received]), ['a', 'for the next one'])
    })

    for (const type of ['pubrec', 'pubcomp']) {
      it(`a message of QoS 2 is delivered exactly once if the connection breaks at the ${type.toUpperCase()}`, async (t) => {
        const { network, subject, publish } = await testbed(t)
        const { reached, received, until } = subject(() => undefined)
        await reached('connected')
        network.cutAt(type)
        await publish('a', 2)
        await network.until(() => network.sent.filter((sent) => sent === 'pubcomp').length >= (type === 'pubcomp' ? 2 : 1))
        await publish('b', 2)
        await until(() => received.length >= 2)
        assert.deepEqual(texts(received), ['a', 'b'])
      })
    }
  })
}
