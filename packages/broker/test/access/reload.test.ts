import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { kinds, passwordOf, type TestBroker } from '../brokers.ts'
import { connectAs, type TestClient } from '../test-client.ts'

for (const kind of kinds) {
  describe(`${kind.name}: reloading its files`, kind.need, () => {
    let broker: TestBroker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())

    it('a reload admits added users and disconnects only users who were removed or have a new password', async () => {
      const [monitor, removed, changed] = await Promise.all(
        ['monitor', 'pi-living', 'pi-fridge'].map((user) => connectAs(broker.port, user)),
      )
      assert(monitor && removed && changed)
      await assert.rejects(connectAs(broker.port, 'newcomer'), /Not authorized/)
      const lines = broker.passwd.split('\n').filter((line) => !/^pi-(living|fridge):/.test(line))
      lines.push(`newcomer:${hashPassword(passwordOf('newcomer'))}`, `pi-fridge:${hashPassword('another one')}`, '')
      await broker.write({ passwd: lines.join('\n') })
      await broker.reload()
      await (await connectAs(broker.port, 'newcomer')).disconnect()
      await Promise.all([removed.closed, changed.closed])
      await assert.rejects(connectAs(broker.port, 'pi-living'), /Not authorized/)
      await assert.rejects(connectAs(broker.port, 'pi-fridge'), /Not authorized/)
      await (await connectAs(broker.port, 'pi-fridge', { password: 'another one' })).disconnect()
      await monitor.publish('home/kitchen/alert', 'still connected')
      await monitor.disconnect()
      await broker.write({ passwd: broker.passwd })
      await broker.reload()
    })

    it('the new access list applies to open connections and earlier subscriptions', async () => {
      const [monitor, guest, sensor] = await Promise.all(['monitor', 'guest', 'pi-kitchen'].map((user) => connectAs(broker.port, user)))
      assert(monitor && guest && sensor)
      await monitor.subscribe('home/#')
      await guest.subscribe('#')
      const publish = async (payload: string) => {
        await sensor.publish('home/kitchen/alert', `${payload} alert`)
        await sensor.publish('home/bedroom/alert', `${payload} elsewhere`)
        await monitor.publish('monitor/status', payload)
        await guest.receive((message) => message.payload === payload)
      }
      await publish('before')
      await broker.write({
        acl: broker.acl.replaceAll('home/kitchen/+', 'home/bedroom/+').replace('topic read home/#', 'topic read home/kitchen/#'),
      })
      await broker.reload()
      await publish('after')
      await broker.write({ acl: broker.acl })
      await broker.reload()
      await publish('again')
      const payloads = (client: TestClient) => client.messages.map(({ payload }) => payload)
      assert.deepEqual(payloads(monitor), ['before alert', 'after elsewhere', 'again alert'])
      assert.deepEqual(payloads(guest), ['before alert', 'before', 'after', 'again alert', 'again'])
      await Promise.all([monitor.disconnect(), guest.disconnect(), sensor.disconnect()])
    })

    it('a queued message that the user may not read any more is not delivered', async () => {
      const away = await connectAs(broker.port, 'guest', { clean: false })
      await away.subscribe('home/+/alert', 'monitor/status')
      await away.disconnect()
      const monitor = await connectAs(broker.port, 'monitor')
      await monitor.publish('home/kitchen/alert', 'no longer')
      await broker.write({ acl: broker.acl.replace('topic read home/#', '') })
      await broker.reload()
      await monitor.publish('monitor/status', 'but this')
      const back = await connectAs(broker.port, 'guest', { clean: false })
      await back.receive(({ payload }) => payload === 'but this')
      assert.equal(back.messages.length, 1)
      await Promise.all([back.disconnect(), monitor.disconnect()])
    })
  })
}
