import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { kinds } from '../brokers.ts'
import { type ControlSetup, startControlSetup, temperature, topicsOf } from '../control-setup.ts'

for (const kind of kinds) {
  describe(`a command with ${kind.name}`, kind.need, () => {
    let setup: ControlSetup
    beforeEach(async () => {
      setup = await startControlSetup(kind)
    })
    afterEach(() => setup.end())

    it('measure reads the probes now and publishes live readings', async () => {
      await setup.start({ READ_INTERVAL: '3600' })
      await setup.online()
      await setup.command('c1', 'measure')
      assert.deepEqual(await setup.responseTo('c1'), { id: 'c1', ok: true })
      const [{ text } = { text: '' }] = await setup.subscriber.count(temperature, 1)
      assert.equal(text, '21.437')
      setup.tree.remove('bus/w1/devices/28-0316a1b2c3d4')
      setup.tree.remove('devices/w1_bus_master1/28-0316a1b2c3d4')
      await setup.command('c2', 'measure')
      assert.deepEqual(await setup.responseTo('c2'), { id: 'c2', ok: false, error: 'no probe gave a value' })
    })

    it('identify blinks the LED and restores its function', async () => {
      setup.tree.write('class/leds/ACT/trigger', 'none [mmc0] timer\n')
      setup.tree.write('class/leds/ACT/brightness', '0\n')
      const led = (file: string) => readFileSync(join(setup.tree.root, 'class/leds/ACT', file), 'utf8')
      const sensor = await setup.start()
      await setup.online()
      await setup.command('c1', 'identify')
      assert.deepEqual(await setup.responseTo('c1'), { id: 'c1', ok: true })
      assert.equal(led('trigger'), 'none')
      assert.match(setup.logged(), /HERE I AM.*blinks/)
      await sensor.close()
      assert.deepEqual([led('trigger'), led('brightness')], ['mmc0', '0'])
    })

    it('the LED shows in between whether there is a broker and a probe', async () => {
      setup.tree.write('class/leds/ACT/trigger', 'none [mmc0] timer\n')
      setup.tree.write('class/leds/ACT/brightness', '0\n')
      const led = (file: string) => readFileSync(join(setup.tree.root, 'class/leds/ACT', file), 'utf8')
      await setup.start()
      await eventually(() => led('trigger') === 'heartbeat')
      setup.tree.remove('bus/w1/devices/28-0316a1b2c3d4')
      setup.tree.remove('devices/w1_bus_master1/28-0316a1b2c3d4')
      await eventually(() => led('trigger') === 'timer' && led('delay_off') === '1900')
      await setup.crash(() => eventually(() => led('delay_off') === '100'))
    })

    it('restart waits until the broker has acknowledged the response', async () => {
      const restarted = Promise.withResolvers<number>()
      await setup.start({}, () => restarted.resolve(setup.responsesTo('c1').length))
      await setup.online()
      await setup.command('c1', 'restart')
      await restarted.promise
      assert.deepEqual(await setup.responseTo('c1'), { id: 'c1', ok: true })
    })

    it('is executed once and answered each time that it arrives', async () => {
      let restarts = 0
      const first = await setup.start({}, () => {
        restarts += 1
      })
      await setup.online()
      for (const [id, action] of [
        ['c1', 'identify'],
        ['c2', 'restart'],
        ['c3', 'identify'],
      ] as const) {
        await setup.command(id, action)
        await setup.responseTo(id)
      }
      // There is no LED in this machine, and the answer says so each time.
      const response = { id: 'c1', ok: true, error: 'no LED that the sensor may use: only its log has a line' }
      for (let time = 2; time <= 4; time += 1) {
        const since = setup.subscriber.seen.length
        await setup.command('c1', 'identify')
        assert.deepEqual(await setup.responseTo('c1', since), response)
      }
      await first.close()
      await setup.start({}, () => {
        restarts += 1
      })
      const since = setup.subscriber.seen.length
      await setup.online(since)
      await setup.command('c1', 'identify')
      assert.deepEqual(await setup.responseTo('c1', since), response)
      assert.equal(setup.logged().match(/HERE I AM/g)?.length, 2)
      assert.equal(restarts, 1)
    })

    it('is refused if its action is unknown; an invalid message has no effect', async () => {
      await setup.start()
      await setup.online()
      await setup.command('c1', 'explode')
      assert.deepEqual(await setup.responseTo('c1'), { id: 'c1', ok: false, error: 'action must be one of identify, measure, restart' })
      await setup.command('c2', 'restart')
      assert.deepEqual(await setup.responseTo('c2'), { id: 'c2', ok: false, error: 'no supervisor would restart the sensor' })
      for (const garbage of ['', '{', '{"action":"restart"}', '{"id":"a b","action":"restart"}'])
        await setup.subscriber.publish(topicsOf.command, garbage, { qos: 2 })
      await setup.command('c3', 'measure')
      assert.deepEqual(await setup.responseTo('c3'), { id: 'c3', ok: true })
    })

    it('is ignored if it is retained, because it would arrive on each connection', async () => {
      await setup.subscriber.publish(topicsOf.command, JSON.stringify({ id: 'old', action: 'identify' }), { qos: 2, retain: true })
      await setup.start()
      await setup.online()
      await setup.command('c1', 'measure')
      await setup.responseTo('c1')
      assert.deepEqual(setup.responsesTo('old'), [])
      assert.doesNotMatch(setup.logged(), /HERE I AM/)
    })
  })
}
