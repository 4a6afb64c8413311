import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { withSensor } from '@hearthwatch/broker/edit-acl'
import { createLog } from '@hearthwatch/log'
import { defaultLimits } from '../../limits.ts'
import { kinds, startEmbedded, type TestBroker } from '../brokers.ts'
import { connectAs } from '../test-client.ts'

for (const kind of kinds) {
  describe(`${kind.name}: retained messages whose sender has lost its right`, kind.need, () => {
    let broker: TestBroker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())

    it('a retained message is hidden while its sender may not publish on its topic', async () => {
      const sensor = await connectAs(broker.port, 'pi-living')
      await sensor.publish('home/living room/humidity', '40', { retain: true })
      await sensor.disconnect()
      const other = await connectAs(broker.port, 'pi-kitchen')
      await other.publish('home/kitchen/humidity', '50', { retain: true })
      await other.disconnect()
      const offered = async (...filters: string[]) => {
        const monitor = await connectAs(broker.port, 'monitor')
        // The last filter finds the last message.
        await monitor.subscribe(...filters, 'home/kitchen/humidity')
        await monitor.receive(({ payload }) => payload === '50')
        await monitor.disconnect()
        return monitor.messages.map(({ payload }) => payload).filter((payload) => payload !== '50')
      }
      assert.deepEqual(await offered('home/living room/+'), ['40'])
      await broker.write({ acl: withSensor(broker.acl, 'pi-living', 'attic') })
      await broker.reload()
      assert.deepEqual(await offered('home/living room/+'), [])
      assert.deepEqual(await offered('home/living room/humidity'), [])
      await broker.write({ acl: broker.acl })
      await broker.reload()
      assert.deepEqual(await offered('home/living room/humidity'), ['40'])
    })
  })
}

describe("the embedded broker's quota of retained messages", () => {
  const lines: string[] = []
  const log = createLog('broker', 'debug', (line) => lines.push(line))
  const retainedAt = async (port: number, filter: string, last: string) => {
    const monitor = await connectAs(port, 'monitor')
    await monitor.subscribe(filter)
    await monitor.receive(({ topic }) => topic === last)
    await monitor.disconnect()
    return monitor.messages.map(({ topic }) => topic)
  }

  it('one login cannot use up the messages of all, and its refused ones are delivered, counted and logged once', async () => {
    const broker = await startEmbedded({ retainedMessages: 250, retainedPerUser: { messages: 200, bytes: 1_000_000 } }, log)
    const monitor = await connectAs(broker.port, 'monitor')
    await monitor.subscribe('home/#')
    const thief = await connectAs(broker.port, 'pi-kitchen')
    await Promise.all(Array.from({ length: 300 }, (_, i) => thief.publish(`home/kitchen/${i}`, '1', { retain: true })))
    await monitor.receive(({ topic }) => topic === 'home/kitchen/299')
    assert.equal(broker.counts.notRetained, 100)
    assert.equal(lines.filter((line) => /not retained: its sender has too many retained messages user=pi-kitchen/.test(line)).length, 1)
    const sensor = await connectAs(broker.port, 'pi-living')
    await sensor.publish('device/pi-living/info', '{}', { retain: true })
    const topics = await retainedAt(broker.port, '#', 'device/pi-living/info')
    assert.deepEqual([topics.length, topics[0], topics[199]], [201, 'home/kitchen/0', 'home/kitchen/199'])
    // A new value of a known topic is retained, and a cleared topic makes room.
    await thief.publish('home/kitchen/7', '2', { retain: true })
    await thief.publish('home/kitchen/8', '', { retain: true })
    await thief.publish('home/kitchen/300', '1', { retain: true })
    const now = await retainedAt(broker.port, 'home/#', 'home/kitchen/300')
    assert.deepEqual([now.length, now.includes('home/kitchen/7'), now.includes('home/kitchen/8')], [200, true, false])
    await Promise.all([thief, sensor, monitor].map((client) => client.disconnect()))
    await broker.stop()
  })

  it('the quota counts bytes, too, and a topic counts for its last sender', async () => {
    const broker = await startEmbedded({ retainedPerUser: { messages: 2, bytes: 1000 } }, log)
    const [fridge, kitchen] = [await connectAs(broker.port, 'pi-fridge'), await connectAs(broker.port, 'pi-kitchen')]
    await fridge.publish('home/kitchen/a', 'x'.repeat(2000), { retain: true })
    await fridge.publish('home/kitchen/b', '1', { retain: true })
    await fridge.publish('home/kitchen/c', '1', { retain: true })
    await fridge.publish('home/kitchen/d', 'above', { retain: true })
    await kitchen.publish('home/kitchen/b', '2', { retain: true })
    await fridge.publish('home/kitchen/e', '1', { retain: true })
    assert.deepEqual(await retainedAt(broker.port, 'home/#', 'home/kitchen/e'), ['home/kitchen/c', 'home/kitchen/b', 'home/kitchen/e'])
    await Promise.all([fridge.disconnect(), kitchen.disconnect()])
    await broker.stop()
  })

  it('the default quota of the monitor and the guest is larger than that of a sensor', () => {
    const { retainedPerUser, retainedQuotas, retainedMessages } = defaultLimits
    assert.equal(retainedPerUser.messages, 200)
    assert.equal(retainedQuotas.guest?.messages, 2000)
    assert.equal(retainedQuotas.monitor?.messages, retainedMessages)
  })
})
