import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type House, kinds } from './houses.ts'
import { enter, type Visitor } from './visitor.ts'

for (const kind of kinds) {
  describe(`${kind.name}: what happens to messages`, kind.need, () => {
    let house: House
    let monitor: Visitor
    before(async () => {
      house = await kind.start()
      monitor = await enter(house.port, 'monitor')
      await monitor.subscribe('home/#', 'device/#', 'monitor/status')
    })
    after(async () => {
      await monitor?.leave()
      await house?.stop()
    })

    it('acknowledges a message that is not allowed, drops it, and keeps the connection', async () => {
      const sensor = await enter(house.port, 'pi-kitchen')
      for (const qos of [0, 1, 2] as const) await sensor.say('home/bedroom/temperature', `no ${qos}`, { qos, retain: true })
      await sensor.say('$SYS/broker/uptime', 'no')
      await sensor.say('home/kitchen/alert', 'the end of it')
      await monitor.got(({ payload }) => payload === 'the end of it')
      assert.equal(
        monitor.inbox.some(({ payload }) => payload.startsWith('no')),
        false,
      )
      const late = await enter(house.port, 'monitor')
      monitor = late
      await sensor.say('home/kitchen/temperature', 'retained', { retain: true })
      await late.subscribe('home/#', 'device/#', 'monitor/status')
      await late.got(({ payload }) => payload === 'retained')
      assert.equal(
        late.inbox.some(({ payload }) => payload.startsWith('no')),
        false,
        'not retained either',
      )
      await sensor.leave()
    })

    it('publishes the last will of who vanished, but not on a topic of others', async () => {
      const will = (topic: string, payload: string) => ({ will: { topic, payload: Buffer.from(payload), qos: 1 as const, retain: true } })
      const bad = await enter(house.port, 'pi-kitchen', will('home/bedroom/sensor/status', 'a bad will'))
      bad.vanish()
      const good = await enter(house.port, 'pi-kitchen', will('home/kitchen/sensor/status', 'a good will'))
      good.vanish()
      await monitor.got(({ payload }) => payload === 'a good will')
      assert.equal(
        monitor.inbox.some(({ payload }) => payload === 'a bad will'),
        false,
      )
    })

    it('publishes no will after a goodbye', async () => {
      const topic = 'home/living room/sensor/status'
      const will = { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: true }
      await (await enter(house.port, 'pi-living', { will })).leave()
      const sensor = await enter(house.port, 'pi-living')
      await sensor.say(topic, 'online', { retain: true })
      await monitor.got((message) => message.topic === topic && message.payload === 'online')
      assert.equal(
        monitor.inbox.some(({ payload }) => payload === 'gone'),
        false,
      )
      await sensor.leave()
    })

    it('grants a subscription to everything, and delivers what its owner may read', async () => {
      const guest = await enter(house.port, 'guest')
      const granted = await guest.client.subscribeAsync(['#', '$SYS/#'], { qos: 1 })
      assert.deepEqual(
        granted.map(({ qos }) => qos),
        [1, 1],
      )
      await monitor.say('device/pi-kitchen/command', 'secret')
      await monitor.say('home/bedroom/alert', 'for everyone')
      await guest.got(({ payload }) => payload === 'for everyone')
      assert.equal(
        guest.inbox.some(({ topic }) => topic.startsWith('$SYS') || topic.startsWith('device/')),
        false,
      )
      await guest.leave()
    })

    it('hands out what is retained, with the flag set and in the quality that was asked for, and forgets it for an empty message', async () => {
      const sensor = await enter(house.port, 'pi-fridge')
      await sensor.say('home/kitchen/humidity', '41', { retain: true, qos: 2 })
      await sensor.say('device/pi-fridge/info', '{}', { retain: true })
      const guest = await enter(house.port, 'guest')
      await guest.client.subscribeAsync(['device/+/info', 'home/+/humidity'], { qos: 0 })
      const message = await guest.got(({ topic }) => topic === 'home/kitchen/humidity')
      assert.deepEqual(message, { topic: 'home/kitchen/humidity', payload: '41', qos: 0, retain: true })
      assert.equal(guest.inbox.length, 1, 'info is not for guests, retained or not')
      await monitor.say('home/kitchen/humidity', '', { retain: true })
      await guest.got(({ payload }) => payload === '')
      await guest.leave()
      const next = await enter(house.port, 'guest')
      await sensor.say('home/kitchen/co2', '600', { retain: true })
      await next.subscribe('home/+/humidity', 'home/+/co2')
      await next.got(({ payload }) => payload === '600')
      assert.equal(
        next.inbox.some(({ topic }) => topic.endsWith('humidity')),
        false,
      )
      await Promise.all([next.leave(), sensor.leave()])
    })

    it('delivers each message once and in order, of whatever kind the sender mixes', async () => {
      const guest = await enter(house.port, 'guest')
      await guest.subscribe('home/#')
      const sensor = await enter(house.port, 'pi-ke-ting')
      const kinds = {
        temperature: { qos: 0, retain: true },
        humidity: { qos: 0, retain: false },
        co2: { qos: 1, retain: true },
        power: { qos: 1, retain: false },
      } as const
      sensor.client.stream.cork()
      const said = Array.from({ length: 50 }, (_, i) =>
        Object.entries(kinds).map(([quantity, options]) => sensor.say(`home/客廳/${quantity}`, `${i}`, options)),
      ).flat()
      sensor.client.stream.uncork()
      await Promise.all(said)
      await sensor.say('home/客廳/alert', 'that was all')
      await guest.got(({ payload }) => payload === 'that was all')
      for (const quantity of Object.keys(kinds)) {
        const got = guest.inbox.filter(({ topic, retain }) => topic === `home/客廳/${quantity}` && !retain).map(({ payload }) => payload)
        assert.deepEqual(
          got,
          Array.from({ length: 50 }, (_, i) => `${i}`),
          quantity,
        )
      }
      await Promise.all([guest.leave(), sensor.leave()])
    })

    it('keeps the order of one topic, whether its messages are to be retained or not', async () => {
      const guest = await enter(house.port, 'guest')
      await guest.subscribe('home/#')
      const sensor = await enter(house.port, 'pi-ke-ting')
      sensor.client.stream.cork()
      const said = Array.from({ length: 50 }, (_, i) => sensor.say('home/客廳/voltage', `${i}`, { qos: 0, retain: i % 3 === 0 }))
      sensor.client.stream.uncork()
      await Promise.all(said)
      await guest.got(({ topic, payload }) => topic === 'home/客廳/voltage' && payload === '49')
      assert.deepEqual(
        guest.inbox.filter(({ topic }) => topic === 'home/客廳/voltage').map(({ payload }) => payload),
        Array.from({ length: 50 }, (_, i) => `${i}`),
      )
      await Promise.all([guest.leave(), sensor.leave()])
    })

    it('delivers a command exactly once (QoS 2), and never in a better quality than asked for', async () => {
      const sensor = await enter(house.port, 'pi-fridge')
      await sensor.client.subscribeAsync('device/pi-fridge/command', { qos: 2 })
      await monitor.say('device/pi-fridge/command', '{"id":"1"}', { qos: 2 })
      assert.equal((await sensor.got(({ topic }) => topic === 'device/pi-fridge/command')).qos, 2)
      await sensor.leave()
      const simple = await enter(house.port, 'pi-fridge')
      await simple.subscribe('device/+/command')
      await monitor.say('device/pi-fridge/command', '{"id":"2"}', { qos: 2 })
      assert.equal((await simple.got(({ payload }) => payload === '{"id":"2"}')).qos, 1)
      await simple.leave()
    })

    it('keeps messages of QoS 1 for a session that is away, and delivers them in order before newer ones', async () => {
      const session = { clean: false }
      const away = await enter(house.port, 'guest', session)
      await away.client.subscribeAsync({ 'home/+/alert': { qos: 1 }, 'home/+/temperature': { qos: 0 } })
      await away.leave()
      const sensor = await enter(house.port, 'pi-kitchen')
      await sensor.say('home/kitchen/temperature', 'of QoS 0')
      const count = 2500
      await Promise.all(Array.from({ length: count }, (_, i) => sensor.say('home/kitchen/alert', `${i}`, { retain: i === 7 })))
      const back = enter(house.port, 'guest', session)
      const more = Array.from({ length: 500 }, (_, i) => sensor.say('home/kitchen/alert', `${count + i}`))
      const guest = await back
      await Promise.all(more)
      await sensor.say('home/kitchen/alert', 'last')
      await guest.got(({ payload }) => payload === 'last')
      const alerts = guest.inbox.filter(({ topic }) => topic === 'home/kitchen/alert').map(({ payload }) => payload)
      assert.deepEqual(alerts, [...Array.from({ length: count + 500 }, (_, i) => `${i}`), 'last'])
      assert.equal(
        guest.inbox.some(({ retain }) => retain),
        false,
        'what was missed is news',
      )
      assert.equal(
        guest.inbox.some(({ payload }) => payload === 'of QoS 0'),
        false,
      )
      await guest.leave()
      await (await enter(house.port, 'guest')).leave()
      await sensor.leave()
    })

    it('sends again what a session has not acknowledged', async () => {
      const session = { clean: false }
      const frail = await enter(house.port, 'guest', session)
      frail.client.handleMessage = (_packet, done) => done(new Error('not today'))
      await frail.subscribe('home/+/alert')
      const sensor = await enter(house.port, 'pi-kitchen')
      await sensor.say('home/kitchen/alert', 'important')
      await frail.got(({ payload }) => payload === 'important')
      frail.vanish()
      const back = await enter(house.port, 'guest', session)
      await back.got(({ payload }) => payload === 'important')
      await back.leave()
      const again = await enter(house.port, 'guest', session)
      await sensor.say('home/kitchen/alert', 'other')
      await again.got(({ payload }) => payload === 'other')
      assert.equal(again.inbox.length, 1)
      await again.leave()
      await (await enter(house.port, 'guest')).leave()
      await sensor.leave()
    })

    it('closes the connection for a packet above 256 KiB, and goes on for the others', async () => {
      const sensor = await enter(house.port, 'pi-kitchen')
      await sensor.say('home/kitchen/alert', 'x'.repeat(262_000))
      await monitor.got(({ payload }) => payload.length === 262_000)
      sensor.client.publish('home/kitchen/alert', 'y'.repeat(262_144), { qos: 1 })
      await sensor.closed
      const next = await enter(house.port, 'pi-kitchen')
      await next.say('home/kitchen/alert', 'after')
      await monitor.got(({ payload }) => payload === 'after')
      assert.equal(
        monitor.inbox.some(({ payload }) => payload.startsWith('y')),
        false,
      )
      await next.leave()
    })

    it('closes the connection for a topic or a filter that is none', async () => {
      for (const topic of ['home/kitchen/+', 'home/kitchen/\u0001']) {
        const sensor = await enter(house.port, 'pi-kitchen')
        sensor.client.stream.write(publishPacket(topic))
        await sensor.closed
      }
    })
  })
}

/** PUBLISH, QoS 0, without a payload: what no client library would send. */
function publishPacket(topic: string): Buffer {
  const bytes = Buffer.from(topic)
  return Buffer.concat([Buffer.from([0x30, bytes.length + 2, 0, bytes.length]), bytes])
}
