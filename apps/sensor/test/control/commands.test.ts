import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { kinds } from '../brokers.ts'
import { type Household, startHousehold, temperature, topicsOf } from '../household.ts'

for (const kind of kinds) {
  describe(`a command with ${kind.name}`, kind.need, () => {
    let house: Household
    beforeEach(async () => {
      house = await startHousehold(kind)
    })
    afterEach(() => house.end())

    it('measure: the probes are read now, and said live', async () => {
      await house.start({ READ_INTERVAL: '3600' })
      await house.online()
      await house.order('c1', 'measure')
      assert.deepEqual(await house.answerTo('c1'), { id: 'c1', ok: true })
      const [{ text } = { text: '' }] = await house.subscriber.count(temperature, 1)
      assert.equal(text, '21.437')
      house.tree.remove('bus/w1/devices/28-0316a1b2c3d4')
      house.tree.remove('devices/w1_bus_master1/28-0316a1b2c3d4')
      await house.order('c2', 'measure')
      assert.deepEqual(await house.answerTo('c2'), { id: 'c2', ok: false, error: 'no probe gave a value' })
    })

    it('identify: its light blinks, and goes back to what it was', async () => {
      house.tree.write('class/leds/ACT/trigger', 'none [mmc0] timer\n')
      house.tree.write('class/leds/ACT/brightness', '0\n')
      const led = (file: string) => readFileSync(join(house.tree.root, 'class/leds/ACT', file), 'utf8')
      const sensor = await house.start()
      await house.online()
      await house.order('c1', 'identify')
      assert.deepEqual(await house.answerTo('c1'), { id: 'c1', ok: true })
      assert.equal(led('trigger'), 'none')
      assert.match(house.said(), /HERE I AM.*blinks/)
      await sensor.close()
      assert.deepEqual([led('trigger'), led('brightness')], ['mmc0', '0'])
    })

    it('restart: only when the broker has the answer', async () => {
      const restarted = Promise.withResolvers<number>()
      await house.start({}, () => restarted.resolve(house.answersTo('c1').length))
      await house.online()
      await house.order('c1', 'restart')
      await restarted.promise
      assert.deepEqual(await house.answerTo('c1'), { id: 'c1', ok: true })
    })

    it('is done once, however often it comes, and answered each time', async () => {
      let restarts = 0
      const first = await house.start({}, () => {
        restarts += 1
      })
      await house.online()
      for (const [id, action] of [
        ['c1', 'identify'],
        ['c2', 'restart'],
        ['c3', 'identify'],
      ] as const) {
        await house.order(id, action)
        await house.answerTo(id)
      }
      for (let time = 2; time <= 4; time += 1) {
        const since = house.subscriber.seen.length
        await house.order('c1', 'identify')
        assert.deepEqual(await house.answerTo('c1', since), { id: 'c1', ok: true })
      }
      await first.close()
      await house.start({}, () => {
        restarts += 1
      })
      const since = house.subscriber.seen.length
      await house.online(since)
      await house.order('c1', 'identify')
      assert.deepEqual(await house.answerTo('c1', since), { id: 'c1', ok: true })
      assert.equal(house.said().match(/HERE I AM/g)?.length, 2)
      assert.equal(restarts, 1)
    })

    it('is refused where nobody knows the action, and what is no command at all harms nothing', async () => {
      await house.start()
      await house.online()
      await house.order('c1', 'explode')
      assert.deepEqual(await house.answerTo('c1'), { id: 'c1', ok: false, error: 'action must be one of identify, measure, restart' })
      await house.order('c2', 'restart')
      assert.deepEqual(await house.answerTo('c2'), { id: 'c2', ok: false, error: 'nobody would start it again' })
      for (const garbage of ['', '{', '{"action":"restart"}', '{"id":"a b","action":"restart"}'])
        await house.subscriber.publish(topicsOf.command, garbage, { qos: 2 })
      await house.order('c3', 'measure')
      assert.deepEqual(await house.answerTo('c3'), { id: 'c3', ok: true })
    })

    it('is not done where it was retained: it would come again with each connection', async () => {
      await house.subscriber.publish(topicsOf.command, JSON.stringify({ id: 'old', action: 'identify' }), { qos: 2, retain: true })
      await house.start()
      await house.online()
      await house.order('c1', 'measure')
      await house.answerTo('c1')
      assert.deepEqual(house.answersTo('old'), [])
      assert.doesNotMatch(house.said(), /HERE I AM/)
    })
  })
}
