import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Topic, topics } from '@hearthwatch/protocol'
import type { IClientOptions } from 'mqtt'
import { kinds, passwordOf, sensors, type TestBroker, type User, users } from '../brokers.ts'
import { connectAs, type TestClient } from '../test-client.ts'

for (const kind of kinds) {
  describe(`${kind.name}: logging in`, kind.need, () => {
    let broker: TestBroker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())

    const refused = (what: string, options: IClientOptions) =>
      assert.rejects(connectAs(broker.port, 'monitor', options), /Not authorized/, what)

    it('every user can log in with the right password', async () => {
      for (const user of users) await (await connectAs(broker.port, user)).disconnect()
    })

    it('a login without a user name, or with a missing, empty or wrong password, is refused', async () => {
      await refused('anonymous', { username: undefined, password: undefined })
      await refused('without a password', { password: undefined })
      await refused('with an empty password', { password: '' })
      await refused('with a wrong password', { password: `${passwordOf('monitor')}.` })
      await refused("with another's password", { password: passwordOf('guest') })
      await refused('by another spelling', { username: 'Monitor' })
      await refused('unknown', { username: 'stranger' })
      await refused('with an empty name', { username: '' })
    })

    it('a sensor cannot disconnect the monitor by using its client id, with or without a valid password', async () => {
      const monitor = await connectAs(broker.port, 'monitor')
      await monitor.subscribe('home/#')
      const thief = await connectAs(broker.port, 'pi-kitchen', { clientId: 'monitor' })
      await refused('with a wrong password', { clientId: 'monitor', password: 'wrong' })
      await refused('anonymous', { clientId: 'monitor', username: undefined, password: undefined })
      await thief.publish('home/kitchen/alert', 'still here?')
      await monitor.receive(({ payload }) => payload === 'still here?')
      assert.equal(monitor.client.connected, true)
      await Promise.all([thief.disconnect(), monitor.disconnect()])
    })

    it('a second connection of a user closes the first one', async () => {
      const first = await connectAs(broker.port, 'pi-kitchen')
      const second = await connectAs(broker.port, 'pi-kitchen')
      await first.closed
      await second.publish('home/kitchen/alert', 'here')
      await second.disconnect()
    })
  })

  describe(`${kind.name}: authorization`, kind.need, () => {
    let broker: TestBroker
    const at = {} as Record<User, TestClient>
    let count = 0
    before(async () => {
      broker = await kind.start()
      for (const user of users) at[user] = await connectAs(broker.port, user)
      await at.monitor.subscribe('home/#', 'device/#', 'monitor/#')
      for (const user of users) if (user !== 'monitor') await at[user].subscribe('#')
    })
    after(async () => {
      await Promise.all(users.map((user) => at[user]?.disconnect()))
      await broker?.stop()
    })

    /** True if `to` receives a message that `from` publishes. It waits for a later message of the monitor, which `to` may read. */
    const reaches = async (from: User, topic: string, to: User): Promise<boolean> => {
      const payload = `message ${++count}`
      await at[from].publish(topic, payload)
      await at.monitor.publish('monitor/status', `after ${payload}`)
      await at[to].receive((message) => message.payload === `after ${payload}`)
      return at[to].messages.some((message) => message.payload === payload)
    }
    const may = async (user: User, action: 'write' | 'read', topic: string) =>
      action === 'write' ? reaches(user, topic, 'monitor') : reaches('monitor', topic, user)
    const check = async (user: User, action: 'write' | 'read', topic: string, expected: boolean) =>
      assert.equal(await may(user, action, topic), expected, `${user} ${expected ? 'may' : 'must not'} ${action} ${topic}`)

    const fill = ({ topic }: Topic, id: keyof typeof sensors) =>
      topic.replace('{room}', sensors[id]).replace('{id}', id).replace('{quantity}', 'temperature')

    for (const [name, row] of Object.entries<Topic>(topics)) {
      it(`${name} can be published only by ${row.from} and read only by ${row.to}, as in the topic table`, async () => {
        const topic = fill(row, 'pi-living')
        await check('pi-living', 'write', topic, row.from === 'sensor')
        await check('pi-kitchen', 'write', topic, false)
        // Other software may publish readings in any room.
        await check('guest', 'write', topic, row.from === 'anyone' || topic.startsWith('home/'))
        const isOwnStatus = name === 'status' || name === 'deviceStatus'
        await check('pi-living', 'read', topic, row.to === 'sensor' || isOwnStatus || name === 'monitorStatus')
        await check('pi-kitchen', 'read', topic, name === 'monitorStatus')
        await check('guest', 'read', topic, row.to === 'anyone')
        await check('monitor', 'write', topic, true)
      })
    }

    it('two sensors in one room share its topics, and each has its own device topics', async () => {
      for (const id of ['pi-kitchen', 'pi-fridge'] as const) {
        await check(id, 'write', 'home/kitchen/humidity', true)
        await check(id, 'write', `device/${id}/status`, true)
      }
      await check('pi-fridge', 'write', 'device/pi-kitchen/status', false)
      await check('pi-fridge', 'read', 'device/pi-kitchen/command', false)
    })

    it('a room name may use any script', async () => {
      await check('pi-ke-ting', 'write', 'home/客廳/temperature', true)
      await check('pi-ke-ting', 'read', 'home/客廳/sensor/status', true)
      await check('pi-ke-ting', 'write', 'home/客/temperature', false)
      await check('pi-kitchen', 'write', 'home/客廳/temperature', false)
    })

    it('every topic outside the access list is denied', async () => {
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
