import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { kinds, type TestBroker } from './brokers.ts'
import { connectAs, type TestClient } from './test-client.ts'

for (const kind of kinds) {
  describe(`${kind.name}: delivering messages`, kind.need, () => {
    let broker: TestBroker
    let monitor: TestClient
    before(async () => {
      broker = await kind.start()
      monitor = await connectAs(broker.port, 'monitor')
      await monitor.subscribe('home/#', 'device/#', 'monitor/status')
    })
    after(async () => {
      await monitor?.disconnect()
      await broker?.stop()
    })

    it('an unauthorized message is acknowledged and dropped, and the connection stays', async () => {
      const sensor = await connectAs(broker.port, 'pi-kitchen')
      for (const qos of [0, 1, 2] as const) await sensor.publish('home/bedroom/temperature', `no ${qos}`, { qos, retain: true })
      await sensor.publish('$SYS/broker/uptime', 'no')
      await sensor.publish('home/kitchen/alert', 'the end of it')
      await monitor.receive(({ payload }) => payload === 'the end of it')
      assert.equal(
        monitor.messages.some(({ payload }) => payload.startsWith('no')),
        false,
      )
      const late = await connectAs(broker.port, 'monitor')
      monitor = late
      await sensor.publish('home/kitchen/temperature', 'retained', { retain: true })
      await late.subscribe('home/#', 'device/#', 'monitor/status')
      await late.receive(({ payload }) => payload === 'retained')
      assert.equal(
        late.messages.some(({ payload }) => payload.startsWith('no')),
        false,
        'not retained either',
      )
      await sensor.disconnect()
    })

    it('the will of a lost client is published, unless the client may not publish on its topic', async () => {
      const will = (topic: string, payload: string) => ({ will: { topic, payload: Buffer.from(payload), qos: 1 as const, retain: true } })
      const bad = await connectAs(broker.port, 'pi-kitchen', will('home/bedroom/sensor/status', 'a bad will'))
      bad.drop()
      const good = await connectAs(broker.port, 'pi-kitchen', will('home/kitchen/sensor/status', 'a good will'))
      good.drop()
      await monitor.receive(({ payload }) => payload === 'a good will')
      assert.equal(
        monitor.messages.some(({ payload }) => payload === 'a bad will'),
        false,
      )
    })

    it('a clean disconnect publishes no will', async () => {
      const topic = 'home/living room/sensor/status'
      const will = { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: true }
      await (await connectAs(broker.port, 'pi-living', { will })).disconnect()
      const sensor = await connectAs(broker.port, 'pi-living')
      await sensor.publish(topic, 'online', { retain: true })
      await monitor.receive((message) => message.topic === topic && message.payload === 'online')
      assert.equal(
        monitor.messages.some(({ payload }) => payload === 'gone'),
        false,
      )
      await sensor.disconnect()
    })

    it('a subscription to # is granted, and delivers only messages that the client may read', async () => {
      const guest = await connectAs(broker.port, 'guest')
      const granted = await guest.client.subscribeAsync(['#', '$SYS/#'], { qos: 1 })
      assert.deepEqual(
        granted.map(({ qos }) => qos),
        [1, 1],
      )
      await monitor.publish('device/pi-kitchen/command', 'secret')
      await monitor.publish('home/bedroom/alert', 'for everyone')
      await guest.receive(({ payload }) => payload === 'for everyone')
      assert.equal(
        guest.messages.some(({ topic }) => topic.startsWith('$SYS') || topic.startsWith('device/')),
        false,
      )
      await guest.disconnect()
    })

    it('a retained message is delivered with its flag and the subscribed QoS, until an empty message clears it', async () => {
      const sensor = await connectAs(broker.port, 'pi-fridge')
      await sensor.publish('home/kitchen/humidity', '41', { retain: true, qos: 2 })
      await sensor.publish('device/pi-fridge/info', '{}', { retain: true })
      const guest = await connectAs(broker.port, 'guest')
      await guest.client.subscribeAsync(['device/+/info', 'home/+/humidity'], { qos: 0 })
      const message = await guest.receive(({ topic }) => topic === 'home/kitchen/humidity')
      assert.deepEqual(message, { topic: 'home/kitchen/humidity', payload: '41', qos: 0, retain: true })
      assert.equal(guest.messages.length, 1, 'info is not for guests, retained or not')
      await monitor.publish('home/kitchen/humidity', '', { retain: true })
      await guest.receive(({ payload }) => payload === '')
      await guest.disconnect()
      const next = await connectAs(broker.port, 'guest')
      await sensor.publish('home/kitchen/co2', '600', { retain: true })
      await next.subscribe('home/+/humidity', 'home/+/co2')
      await next.receive(({ payload }) => payload === '600')
      assert.equal(
        next.messages.some(({ topic }) => topic.endsWith('humidity')),
        false,
      )
      await Promise.all([next.disconnect(), sensor.disconnect()])
    })

    it('messages of mixed QoS and retain flags arrive once and in order', async () => {
      const guest = await connectAs(broker.port, 'guest')
      await guest.subscribe('home/#')
      const sensor = await connectAs(broker.port, 'pi-ke-ting')
      const kinds = {
        temperature: { qos: 0, retain: true },
        humidity: { qos: 0, retain: false },
        co2: { qos: 1, retain: true },
        power: { qos: 1, retain: false },
      } as const
      sensor.client.stream.cork()
      const published = Array.from({ length: 50 }, (_, i) =>
        Object.entries(kinds).map(([quantity, options]) => sensor.publish(`home/客廳/${quantity}`, `${i}`, options)),
      ).flat()
      sensor.client.stream.uncork()
      await Promise.all(published)
      await sensor.publish('home/客廳/alert', 'that was all')
      await guest.receive(({ payload }) => payload === 'that was all')
      for (const quantity of Object.keys(kinds)) {
        const got = guest.messages.filter(({ topic, retain }) => topic === `home/客廳/${quantity}` && !retain).map(({ payload }) => payload)
        assert.deepEqual(
          got,
          Array.from({ length: 50 }, (_, i) => `${i}`),
          quantity,
        )
      }
      await Promise.all([guest.disconnect(), sensor.disconnect()])
    })

    it('retained and other messages of one topic arrive in order', async () => {
      const guest = await connectAs(broker.port, 'guest')
      await guest.subscribe('home/#')
      const sensor = await connectAs(broker.port, 'pi-ke-ting')
      sensor.client.stream.cork()
      const published = Array.from({ length: 50 }, (_, i) => sensor.publish('home/客廳/voltage', `${i}`, { qos: 0, retain: i % 3 === 0 }))
      sensor.client.stream.uncork()
      await Promise.all(published)
      await guest.receive(({ topic, payload }) => topic === 'home/客廳/voltage' && payload === '49')
      assert.deepEqual(
        guest.messages.filter(({ topic }) => topic === 'home/客廳/voltage').map(({ payload }) => payload),
        Array.from({ length: 50 }, (_, i) => `${i}`),
      )
      await Promise.all([guest.disconnect(), sensor.disconnect()])
    })

    it('a command of QoS 2 is delivered exactly once, and at most at the subscribed QoS', async () => {
      const sensor = await connectAs(broker.port, 'pi-fridge')
      await sensor.client.subscribeAsync('device/pi-fridge/command', { qos: 2 })
      await monitor.publish('device/pi-fridge/command', '{"id":"1"}', { qos: 2 })
      assert.equal((await sensor.receive(({ topic }) => topic === 'device/pi-fridge/command')).qos, 2)
      await sensor.disconnect()
      const simple = await connectAs(broker.port, 'pi-fridge')
      await simple.subscribe('device/+/command')
      await monitor.publish('device/pi-fridge/command', '{"id":"2"}', { qos: 2 })
      assert.equal((await simple.receive(({ payload }) => payload === '{"id":"2"}')).qos, 1)
      await simple.disconnect()
    })

    it('a packet above 256 KiB closes the connection of its sender only', async () => {
      const sensor = await connectAs(broker.port, 'pi-kitchen')
      await sensor.publish('home/kitchen/alert', 'x'.repeat(262_000))
      await monitor.receive(({ payload }) => payload.length === 262_000)
      sensor.client.publish('home/kitchen/alert', 'y'.repeat(262_144), { qos: 1 })
      await sensor.closed
      const next = await connectAs(broker.port, 'pi-kitchen')
      await next.publish('home/kitchen/alert', 'after')
      await monitor.receive(({ payload }) => payload === 'after')
      assert.equal(
        monitor.messages.some(({ payload }) => payload.startsWith('y')),
        false,
      )
      await next.disconnect()
    })

    it('an invalid topic closes the connection', async () => {
      for (const topic of ['home/kitchen/+', 'home/kitchen/\u0001']) {
        const sensor = await connectAs(broker.port, 'pi-kitchen')
        sensor.client.stream.write(publishPacket(topic))
        await sensor.closed
      }
    })
  })
}

/** PUBLISH with QoS 0 and no payload, for topics that client libraries refuse to send. */
function publishPacket(topic: string): Buffer {
  const bytes = Buffer.from(topic)
  return Buffer.concat([Buffer.from([0x30, bytes.length + 2, 0, bytes.length]), bytes])
}
