import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { type House, kinds, passwordOf } from './houses.ts'
import { enter, type Visitor } from './visitor.ts'

for (const kind of kinds) {
  describe(`${kind.name}: reading its files again`, kind.need, () => {
    let house: House
    before(async () => {
      house = await kind.start()
    })
    after(() => house?.stop())

    it('lets in who was added, and out who was removed or has another password, and leaves the others alone', async () => {
      const [monitor, removed, changed] = await Promise.all(['monitor', 'pi-living', 'pi-fridge'].map((user) => enter(house.port, user)))
      assert(monitor && removed && changed)
      await assert.rejects(enter(house.port, 'newcomer'), /Not authorized/)
      const lines = house.passwd.split('\n').filter((line) => !/^pi-(living|fridge):/.test(line))
      lines.push(`newcomer:${hashPassword(passwordOf('newcomer'))}`, `pi-fridge:${hashPassword('another one')}`, '')
      await house.write({ passwd: lines.join('\n') })
      await house.reload()
      await (await enter(house.port, 'newcomer')).leave()
      await Promise.all([removed.closed, changed.closed])
      await assert.rejects(enter(house.port, 'pi-living'), /Not authorized/)
      await assert.rejects(enter(house.port, 'pi-fridge'), /Not authorized/)
      await (await enter(house.port, 'pi-fridge', { password: 'another one' })).leave()
      await monitor.say('home/kitchen/alert', 'still connected')
      await monitor.leave()
      await house.write({ passwd: house.passwd })
      await house.reload()
    })

    it('holds by the new list for connections that are open and subscriptions that were made before', async () => {
      const [monitor, guest, sensor] = await Promise.all(['monitor', 'guest', 'pi-kitchen'].map((user) => enter(house.port, user)))
      assert(monitor && guest && sensor)
      await monitor.subscribe('home/#')
      await guest.subscribe('#')
      const say = async (payload: string) => {
        await sensor.say('home/kitchen/alert', `${payload} alert`)
        await sensor.say('home/bedroom/alert', `${payload} elsewhere`)
        await monitor.say('monitor/status', payload)
        await guest.got((message) => message.payload === payload)
      }
      await say('before')
      await house.write({
        acl: house.acl.replaceAll('home/kitchen/+', 'home/bedroom/+').replace('topic read home/#', 'topic read home/kitchen/#'),
      })
      await house.reload()
      await say('after')
      await house.write({ acl: house.acl })
      await house.reload()
      await say('again')
      const words = (visitor: Visitor) => visitor.inbox.map(({ payload }) => payload)
      assert.deepEqual(words(monitor), ['before alert', 'after elsewhere', 'again alert'])
      assert.deepEqual(words(guest), ['before alert', 'before', 'after', 'again alert', 'again'])
      await Promise.all([monitor.leave(), guest.leave(), sensor.leave()])
    })

    it('does not deliver to a session what it may not read any more', async () => {
      const away = await enter(house.port, 'guest', { clean: false })
      await away.subscribe('home/+/alert', 'monitor/status')
      await away.leave()
      const monitor = await enter(house.port, 'monitor')
      await monitor.say('home/kitchen/alert', 'no longer')
      await house.write({ acl: house.acl.replace('topic read home/#', '') })
      await house.reload()
      await monitor.say('monitor/status', 'but this')
      const back = await enter(house.port, 'guest', { clean: false })
      await back.got(({ payload }) => payload === 'but this')
      assert.equal(back.inbox.length, 1)
      await Promise.all([back.leave(), monitor.leave()])
    })
  })
}
