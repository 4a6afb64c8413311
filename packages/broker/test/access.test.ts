import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Topic, topics } from '@hearthwatch/protocol'
import type { IClientOptions } from 'mqtt'
import { type House, kinds, type Person, passwordOf, people, sensors } from './houses.ts'
import { enter, type Visitor } from './visitor.ts'

for (const kind of kinds) {
  describe(`${kind.name}: who comes in`, kind.need, () => {
    let house: House
    before(async () => {
      house = await kind.start()
    })
    after(() => house?.stop())

    const refused = (what: string, options: IClientOptions) => assert.rejects(enter(house.port, 'monitor', options), /Not authorized/, what)

    it('lets everyone in by their own password', async () => {
      for (const user of people) await (await enter(house.port, user)).leave()
    })

    it('refuses who has no name, no password, an empty or a wrong one', async () => {
      await refused('anonymous', { username: undefined, password: undefined })
      await refused('without a password', { password: undefined })
      await refused('with an empty password', { password: '' })
      await refused('with a wrong password', { password: `${passwordOf('monitor')}.` })
      await refused("with another's password", { password: passwordOf('guest') })
      await refused('by another spelling', { username: 'Monitor' })
      await refused('unknown', { username: 'stranger' })
      await refused('with an empty name', { username: '' })
    })

    it('does not let a sensor push the monitor out by taking its client id, with a good password or without', async () => {
      const monitor = await enter(house.port, 'monitor')
      await monitor.subscribe('home/#')
      const thief = await enter(house.port, 'pi-kitchen', { clientId: 'monitor' })
      await refused('with a wrong password', { clientId: 'monitor', password: 'wrong' })
      await refused('anonymous', { clientId: 'monitor', username: undefined, password: undefined })
      await thief.say('home/kitchen/alert', 'still here?')
      await monitor.got(({ payload }) => payload === 'still here?')
      assert.equal(monitor.client.connected, true)
      await Promise.all([thief.leave(), monitor.leave()])
    })

    it('closes the older of two connections of the same user', async () => {
      const first = await enter(house.port, 'pi-kitchen')
      const second = await enter(house.port, 'pi-kitchen')
      await first.closed
      await second.say('home/kitchen/alert', 'here')
      await second.leave()
    })
  })

  describe(`${kind.name}: who may do what`, kind.need, () => {
    let house: House
    const at = {} as Record<Person, Visitor>
    let count = 0
    before(async () => {
      house = await kind.start()
      for (const user of people) at[user] = await enter(house.port, user)
      await at.monitor.subscribe('home/#', 'device/#', 'monitor/status')
      for (const user of people) if (user !== 'monitor') await at[user].subscribe('#')
    })
    after(async () => {
      await Promise.all(people.map((user) => at[user]?.leave()))
      await house?.stop()
    })

    /** Whether what `from` says on the topic comes to `to`: by then, what the monitor says afterwards has come. */
    const reaches = async (from: Person, topic: string, to: Person): Promise<boolean> => {
      const payload = `message ${++count}`
      await at[from].say(topic, payload)
      await at.monitor.say('monitor/status', `after ${payload}`)
      await at[to].got((message) => message.payload === `after ${payload}`)
      return at[to].inbox.some((message) => message.payload === payload)
    }
    const may = async (user: Person, action: 'write' | 'read', topic: string) =>
      action === 'write' ? reaches(user, topic, 'monitor') : reaches('monitor', topic, user)
    const check = async (user: Person, action: 'write' | 'read', topic: string, wanted: boolean) =>
      assert.equal(await may(user, action, topic), wanted, `${user} ${wanted ? 'may' : 'must not'} ${action} ${topic}`)

    const fill = ({ topic }: Topic, id: keyof typeof sensors) =>
      topic.replace('{room}', sensors[id]).replace('{id}', id).replace('{quantity}', 'temperature')

    for (const [name, row] of Object.entries<Topic>(topics)) {
      it(`${name} goes from ${row.from} to ${row.to}, as the table says, and no other way`, async () => {
        const topic = fill(row, 'pi-living')
        await check('pi-living', 'write', topic, row.from === 'sensor')
        await check('pi-kitchen', 'write', topic, false)
        // Other software may play a sensor in any room.
        await check('guest', 'write', topic, row.from === 'anyone' || topic.startsWith('home/'))
        const isOwnStatus = name === 'status' || name === 'deviceStatus'
        await check('pi-living', 'read', topic, row.to === 'sensor' || isOwnStatus || name === 'monitorStatus')
        await check('pi-kitchen', 'read', topic, name === 'monitorStatus')
        await check('guest', 'read', topic, row.to === 'anyone')
        await check('monitor', 'write', topic, true)
      })
    }

    it('gives two sensors of one room the same room, and each its own device topics', async () => {
      for (const id of ['pi-kitchen', 'pi-fridge'] as const) {
        await check(id, 'write', 'home/kitchen/humidity', true)
        await check(id, 'write', `device/${id}/status`, true)
      }
      await check('pi-fridge', 'write', 'device/pi-kitchen/status', false)
      await check('pi-fridge', 'read', 'device/pi-kitchen/command', false)
    })

    it('knows rooms of any script', async () => {
      await check('pi-ke-ting', 'write', 'home/客廳/temperature', true)
      await check('pi-ke-ting', 'read', 'home/客廳/sensor/status', true)
      await check('pi-ke-ting', 'write', 'home/客/temperature', false)
      await check('pi-kitchen', 'write', 'home/客廳/temperature', false)
    })

    it('opens nothing beside what the list names', async () => {
      for (const topic of ['home/kitchen', 'home/kitchen/a/b', 'home/kitchen/sensor/other', 'home', 'device', 'device/pi-kitchen']) {
        await check('pi-kitchen', 'write', topic, false)
      }
      await check('pi-kitchen', 'write', 'device/pi-kitchen/ack', false)
      await check('pi-kitchen', 'write', 'device/pi-kitchen/config', false)
      await check('pi-kitchen', 'write', 'device/pi-kitchen/other', false)
      await check('guest', 'write', 'home/kitchen/sensor/other', false)
      await check('guest', 'write', 'device/guest/info', false)
      await check('guest', 'write', 'device/guest/status', false)
      await check('guest', 'read', 'device/guest/command', false)
      await check('guest', 'read', 'device/guest/status', false)
    })
  })
}
