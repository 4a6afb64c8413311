import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { kinds, passwordOf, type TestBroker } from './brokers.ts'
import { type ConnectFields, connectPacket } from './packets.ts'
import { connectAs } from './test-client.ts'

/** Cases of the interoperability suite of Eclipse Paho, client_test.py, that no other test covers. docs/broker.md lists all. */
for (const kind of kinds) {
  describe(`${kind.name}: cases of the Paho suite`, kind.need, () => {
    let broker: TestBroker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())

    const open = (fields: ConnectFields) => {
      const socket = connect(broker.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(connectPacket('pi-kitchen', passwordOf('pi-kitchen'), fields))
      return socket
    }

    it('basic: a client receives its own messages of each QoS', async () => {
      const monitor = await connectAs(broker.port, 'monitor')
      await monitor.client.subscribeAsync('home/TopicA', { qos: 2 })
      for (const qos of [0, 1, 2] as const) await monitor.publish('home/TopicA', `qos ${qos}`, { qos })
      await monitor.receive(({ payload }) => payload === 'qos 2')
      assert.deepEqual(
        monitor.messages.map(({ payload, qos }) => [payload, qos]),
        [
          ['qos 0', 0],
          ['qos 1', 1],
          ['qos 2', 2],
        ],
      )
      await monitor.disconnect()
    })

    it('keepalive: a silent client is disconnected after one and a half times its keep-alive, and its will is published', async () => {
      const monitor = await connectAs(broker.port, 'monitor')
      await monitor.subscribe('home/kitchen/alert')
      const socket = open({ flags: 0xc6, keepalive: 1, will: { topic: 'home/kitchen/alert', payload: 'keepalive expiry' } })
      const start = performance.now()
      await once(socket.resume(), 'close')
      assert(performance.now() - start > 1400)
      await monitor.receive(({ payload }) => payload === 'keepalive expiry')
      await monitor.disconnect()
    })

    it('zero length client id: an empty id is accepted with a clean session only', async () => {
      for (const [flags, answer] of [
        [0xc2, [0x20, 2, 0, 0]],
        [0xc0, [0x20, 2, 0, 2]],
      ] as const) {
        const socket = open({ id: '', flags })
        assert.deepEqual([...(await once(socket, 'data'))[0]], answer)
        socket.destroy()
      }
    })

    it('dollar topics: a filter that begins with a wildcard does not receive them', async () => {
      const monitor = await connectAs(broker.port, 'monitor')
      await broker.write({ acl: `${broker.acl}\nuser monitor\ntopic readwrite $else/#\n` })
      await broker.reload()
      await monitor.subscribe('#', '+/x', '+/#')
      await monitor.publish('$else/x', 'hidden')
      await monitor.publish('home/x/y', 'shown')
      await monitor.receive(({ payload }) => payload === 'shown')
      await monitor.subscribe('$else/#')
      await monitor.publish('$else/x', 'asked for')
      await monitor.receive(({ payload }) => payload === 'asked for')
      assert.equal(
        monitor.messages.some(({ payload }) => payload === 'hidden'),
        false,
      )
      await monitor.disconnect()
    })

    it('unsubscribe: the remaining filters still receive', async () => {
      const monitor = await connectAs(broker.port, 'monitor')
      await monitor.subscribe('home/a', 'home/b', 'home/c')
      await monitor.client.unsubscribeAsync(['home/a', 'home/b'])
      for (const topic of ['home/a', 'home/b', 'home/c']) await monitor.publish(topic, topic)
      await monitor.receive(({ topic }) => topic === 'home/c')
      assert.equal(monitor.messages.length, 1)
      await monitor.disconnect()
    })
  })
}
