import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { day } from '@hearthwatch/protocol/durations'
import { defaultLimits } from '../../limits.ts'
import { kinds, startEmbedded, type TestBroker } from '../brokers.ts'
import { connectAs } from '../test-client.ts'

for (const kind of kinds) {
  describe(`persistent sessions of ${kind.name}`, kind.need, () => {
    let broker: TestBroker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())

    it('messages of QoS 1 are queued for an absent session, and delivered in order before newer ones', async () => {
      const session = { clean: false }
      const away = await connectAs(broker.port, 'guest', session)
      await away.client.subscribeAsync({ 'home/+/alert': { qos: 1 }, 'home/+/temperature': { qos: 0 } })
      await away.disconnect()
      const sensor = await connectAs(broker.port, 'pi-kitchen')
      await sensor.publish('home/kitchen/temperature', 'of QoS 0')
      const count = 2500
      await Promise.all(Array.from({ length: count }, (_, i) => sensor.publish('home/kitchen/alert', `${i}`, { retain: i === 7 })))
      const back = connectAs(broker.port, 'guest', session)
      const more = Array.from({ length: 500 }, (_, i) => sensor.publish('home/kitchen/alert', `${count + i}`))
      const guest = await back
      await Promise.all(more)
      await sensor.publish('home/kitchen/alert', 'last')
      await guest.receive(({ payload }) => payload === 'last')
      const alerts = guest.messages.filter(({ topic }) => topic === 'home/kitchen/alert').map(({ payload }) => payload)
      assert.deepEqual(alerts, [...Array.from({ length: count + 500 }, (_, i) => `${i}`), 'last'])
      assert.equal(
        guest.messages.some(({ retain }) => retain),
        false,
        'a queued message is delivered as a new one',
      )
      assert.equal(
        guest.messages.some(({ payload }) => payload === 'of QoS 0'),
        false,
      )
      await guest.disconnect()
      await (await connectAs(broker.port, 'guest')).disconnect()
      await sensor.disconnect()
    })

    it('a message that a session has not acknowledged is redelivered', async () => {
      const session = { clean: false }
      const frail = await connectAs(broker.port, 'guest', session)
      frail.client.handleMessage = (_packet, done) => done(new Error('not today'))
      await frail.subscribe('home/+/alert')
      const sensor = await connectAs(broker.port, 'pi-kitchen')
      await sensor.publish('home/kitchen/alert', 'important')
      await frail.receive(({ payload }) => payload === 'important')
      frail.drop()
      const back = await connectAs(broker.port, 'guest', session)
      await back.receive(({ payload }) => payload === 'important')
      await back.disconnect()
      const again = await connectAs(broker.port, 'guest', session)
      await sensor.publish('home/kitchen/alert', 'other')
      await again.receive(({ payload }) => payload === 'other')
      assert.equal(again.messages.length, 1)
      await again.disconnect()
      await (await connectAs(broker.port, 'guest')).disconnect()
      await sensor.disconnect()
    })

    it('a session without subscriptions is present at the next connection, until a clean connection deletes it', async () => {
      const isPresent = async (clean: boolean) => {
        const { promise, resolve } = Promise.withResolvers<boolean>()
        const guest = await connectAs(broker.port, 'guest', { clean, connectTimeout: 5000 }, (client) =>
          client.once('connect', ({ sessionPresent }) => resolve(sessionPresent)),
        )
        await guest.disconnect()
        return promise
      }
      const presence: boolean[] = []
      for (const clean of [true, false, false, true, false]) presence.push(await isPresent(clean))
      assert.deepEqual(presence, [false, false, true, false, false])
    })
  })
}

describe('a persistent session of the embedded broker', () => {
  it('expires with its queue and subscriptions after its client has gone', async () => {
    for (const [expiry, expected] of [
      [0, []],
      [7 * day, ['first', 'second']],
    ] as const) {
      const broker = await startEmbedded({ session: { ...defaultLimits.session, expiry } })
      const away = await connectAs(broker.port, 'guest', { clean: false })
      await away.subscribe('home/+/alert')
      await away.disconnect()
      const sensor = await connectAs(broker.port, 'pi-kitchen')
      await sensor.publish('home/kitchen/alert', 'first')
      const back = await connectAs(broker.port, 'guest', { clean: false })
      await sensor.publish('home/kitchen/alert', 'second')
      await back.subscribe('home/+/temperature')
      await sensor.publish('home/kitchen/temperature', '21')
      await back.receive(({ payload }) => payload === '21')
      assert.deepEqual(
        back.messages.map(({ payload }) => payload),
        [...expected, '21'],
      )
      await Promise.all([back.disconnect(), sensor.disconnect()])
      await broker.stop()
    }
  })
})
