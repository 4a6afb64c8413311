import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog, silent } from '@hearthwatch/log'
import { startSensor } from '../../agent.ts'
import { readConfig } from '../../config.ts'
import { kinds } from '../brokers.ts'
import { type Household, startHousehold, status, temperature, topicsOf } from '../household.ts'

for (const kind of kinds) {
  describe(`wanted settings with ${kind.name}`, kind.need, () => {
    let house: Household
    beforeEach(async () => {
      house = await startHousehold(kind)
    })
    afterEach(() => house.end())

    it('are in force at once and without a restart, told in the info, and then answered', async () => {
      await house.start({ ALERT_ABOVE: '30', HEARTBEAT_INTERVAL: '3600' })
      await house.online()
      await house.subscriber.count(temperature, 1)
      await house.want({
        id: 'w1',
        READ_INTERVAL: 0.2,
        HEARTBEAT_INTERVAL: 1,
        ALERT_ABOVE: 20,
        ALERT_BELOW: 5,
        MAX_RATE: 3,
        offsets: { temperature: -0.4 },
      })
      assert.deepEqual(await house.answerTo('w1'), { id: 'w1', ok: true })
      const { interval, config: reported } = house.info()
      assert.equal(interval, 0.2)
      assert.partialDeepStrictEqual(reported, {
        READ_INTERVAL: 0.2,
        HEARTBEAT_INTERVAL: 1,
        ALERT_ABOVE: 20,
        ALERT_BELOW: 5,
        MAX_RATE: 3,
        'offset.temperature': -0.4,
      })
      await house.subscriber.until(({ topic, text }) => topic === temperature && text === '21.037')
      const { text } = await house.subscriber.until(({ topic }) => topic === 'home/kitchen/alert')
      assert.match(text, /21\.04 °C, the limit is 20 °C/)
      await house.subscriber.count('device/pi-1/heartbeat', 2)
      const answers = house.answersTo('w1')
      assert.deepEqual(
        answers.map(({ qos, retained }) => [qos, retained]),
        [[1, false]],
      )
    })

    it('are not put in force twice under one name, but answered each time', async () => {
      await house.start()
      await house.online()
      await house.want({ id: 'w1', READ_INTERVAL: 0.5 })
      await house.answerTo('w1')
      const since = house.subscriber.seen.length
      await house.want({ READ_INTERVAL: 0.5, id: 'w1' })
      assert.deepEqual(await house.answerTo('w1', since), { id: 'w1', ok: true })
      const again = house.subscriber.seen.length
      await house.want({ id: 'w1', READ_INTERVAL: 0.7 })
      assert.deepEqual(await house.answerTo('w1', again), { id: 'w1', ok: false, error: 'id was used for other settings before' })
      assert.equal(house.info().interval, 0.5)
      assert.equal(house.said().match(/settings changed/g)?.length, 1)
    })

    it('stay as they were where one of them is wrong: the answer and the log name it', async () => {
      await house.start({ ALERT_BELOW: '10' })
      await house.online()
      await house.want({ id: 'good', READ_INTERVAL: 0.5 })
      await house.answerTo('good')
      const wrongs: [object, RegExp][] = [
        [{ READ_INTERVAL: 0.01, MAX_RATE: 5 }, /^READ_INTERVAL must be >= 0\.05$/],
        [{ READ_INTERVAL: 1, HEARTBEAT_INTERVAL: 'often' }, /^HEARTBEAT_INTERVAL must be number$/],
        [{ READ_INTERVAL: 1, ALERT_ABOVE: 5 }, /^ALERT_BELOW must be less than ALERT_ABOVE \(they are 10 and 5\)$/],
        [{ READ_INTERVAL: 1, ALERT_BELOW: 251 }, /^ALERT_BELOW must be <= 250$/],
        [{ READ_INTERVAL: 1, MAX_RATE: null }, /^MAX_RATE must be number$/],
        [{ READ_INTERVAL: 1, offsets: { temperature: 'low' } }, /^offsets\.temperature must be number$/],
        [{ READ_INTERVAL: 1, ROOM: 'attic' }, /^ROOM is not known here$/],
      ]
      for (const [i, [settings, reason]] of wrongs.entries()) {
        await house.want({ id: `wrong-${i}`, ...settings })
        const { ok, error = '' } = await house.answerTo(`wrong-${i}`)
        assert.equal(ok, false)
        assert.match(error, reason)
        assert.ok(house.said().includes(error), house.said())
      }
      for (const garbage of ['{', '[]', '{"READ_INTERVAL":1}', 'null'])
        await house.subscriber.publish(topicsOf.config, garbage, { retain: true })
      await house.order('mark', 'measure')
      await house.answerTo('mark')
      assert.equal(house.info().interval, 0.5)
      assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(house.folder, 'pi-1.wanted.json'), 'utf8'))), ['id', 'READ_INTERVAL'])
    })

    it('are taken back by an empty message', async () => {
      await house.start({ ALERT_BELOW: '10' })
      await house.online()
      await house.want({ id: 'w1', READ_INTERVAL: 0.5, ALERT_BELOW: null, offsets: { temperature: 1 } })
      await house.answerTo('w1')
      assert.equal(house.info().config.ALERT_BELOW, null)
      const since = house.subscriber.seen.length
      await house.subscriber.publish(topicsOf.config, '', { retain: true })
      await house.subscriber.until(({ topic }) => topic === topicsOf.info, since)
      assert.equal(house.info().interval, 0.05)
      assert.equal(house.info().config.ALERT_BELOW, 10)
      assert.equal(house.info().config['offset.temperature'], undefined)
    })

    it('are kept: in force after a restart before there is any connection', async () => {
      const first = await house.start()
      await house.online()
      await house.want({ id: 'w1', READ_INTERVAL: 0.07, offsets: { temperature: 2 } })
      await house.answerTo('w1')
      await first.close()
      await house.crash(() => house.start())
      const { text } = await house.subscriber.until(({ topic }) => topic === temperature)
      assert.equal(text, '23.437')
      assert.equal(house.info().interval, 0.07)
    })

    it('wait at the broker: the sensor says that it is there first, and nothing before that', async () => {
      await house.want({ id: 'w1', READ_INTERVAL: 0.3 })
      const since = house.subscriber.seen.length
      await house.start()
      assert.deepEqual(await house.answerTo('w1'), { id: 'w1', ok: true })
      const topics = [...new Set(house.subscriber.seen.slice(since).map(({ topic }) => topic))].filter((topic) => topic !== topicsOf.config)
      assert.deepEqual(topics.slice(0, 2), [topicsOf.info, status])
      assert.equal(house.info().interval, 0.3)
    })

    it('are heard and answered also by a broker that has forgotten everything', async () => {
      await house.start()
      await house.online()
      await house.want({ id: 'w1', READ_INTERVAL: 0.3 })
      await house.answerTo('w1')
      await house.crash()
      await house.online()
      await house.want({ id: 'w1', READ_INTERVAL: 0.3 })
      assert.deepEqual(await house.answerTo('w1'), { id: 'w1', ok: true })
    })

    it('are refused where the disk cannot keep them: it would forget them', async () => {
      await house.start()
      await house.online()
      mkdirSync(join(house.folder, 'pi-1.wanted.json.new'))
      await house.want({ id: 'w1', READ_INTERVAL: 0.3 })
      const { ok, error } = await house.answerTo('w1')
      assert.equal(ok, false)
      assert.match(error ?? '', /^cannot be kept: /)
      assert.equal(house.info().interval, 0.05)
    })
  })
}

describe('a sensor that finds on its disk what it cannot read', () => {
  it('starts with the settings of its file, and says so', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'orders-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const settings = { SENSOR_ID: 'pi-1', ROOM: 'kitchen', PROBE: 'simulated', MQTT_URL: 'mqtt://127.0.0.1:1', OUTBOX_DIR: folder }
    for (const content of ['{"id":"w1","READ_INTER', '{"id":"w1","READ_INTERVAL":-5}', '[]', '{"id":"w1","ALERT_ABOVE":5}']) {
      writeFileSync(join(folder, 'pi-1.wanted.json'), content)
      writeFileSync(join(folder, 'pi-1.commands.json'), content)
      let said = ''
      const log = createLog('sensor', 'error', (line) => {
        said += line
      })
      const sensor = await startSensor(readConfig({ ...settings, ALERT_BELOW: '10' }, []), log)
      await sensor.close()
      assert.match(said, /stored desired settings cannot be used/, content)
    }
  })

  it('keeps nothing of another sensor whose folder it has got', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'orders-'))
    t.after(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'pi-2.wanted.json'), '{"id":"w1","READ_INTERVAL":-5}')
    const settings = { SENSOR_ID: 'pi-1', ROOM: 'kitchen', PROBE: 'simulated', MQTT_URL: 'mqtt://127.0.0.1:1', OUTBOX_DIR: folder }
    const sensor = await startSensor(readConfig(settings, []), silent)
    await sensor.close()
  })
})
