import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog, silent } from '@hearthwatch/log'
import { startSensor } from '../../agent.ts'
import { readConfig } from '../../config.ts'
import { kinds } from '../brokers.ts'
import { type ControlSetup, startControlSetup, status, temperature, topicsOf } from '../control-setup.ts'

for (const kind of kinds) {
  describe(`desired settings with ${kind.name}`, kind.need, () => {
    let setup: ControlSetup
    beforeEach(async () => {
      setup = await startControlSetup(kind)
    })
    afterEach(() => setup.end())

    it('are applied at once, published in the info, and then answered', async () => {
      await setup.start({ ALERT_ABOVE: '30', HEARTBEAT_INTERVAL: '3600' })
      await setup.online()
      await setup.subscriber.count(temperature, 1)
      await setup.configure({
        id: 'w1',
        READ_INTERVAL: 0.2,
        HEARTBEAT_INTERVAL: 1,
        ALERT_ABOVE: 20,
        ALERT_BELOW: 5,
        MAX_RATE: 3,
        offsets: { temperature: -0.4 },
      })
      assert.deepEqual(await setup.responseTo('w1'), { id: 'w1', ok: true })
      const { interval, config: reported } = setup.info()
      assert.equal(interval, 0.2)
      assert.partialDeepStrictEqual(reported, {
        READ_INTERVAL: 0.2,
        HEARTBEAT_INTERVAL: 1,
        ALERT_ABOVE: 20,
        ALERT_BELOW: 5,
        MAX_RATE: 3,
        'offset.temperature': -0.4,
      })
      await setup.subscriber.until(({ topic, text }) => topic === temperature && text === '21.037')
      const { text } = await setup.subscriber.until(({ topic }) => topic === 'home/kitchen/alert')
      assert.match(text, /21\.04 °C, the limit is 20 °C/)
      await setup.subscriber.count('device/pi-1/heartbeat', 2)
      const answers = setup.responsesTo('w1')
      assert.deepEqual(
        answers.map(({ qos, retained }) => [qos, retained]),
        [[1, false]],
      )
    })

    it('are applied once under one id, and answered each time', async () => {
      await setup.start()
      await setup.online()
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.5 })
      await setup.responseTo('w1')
      const since = setup.subscriber.seen.length
      await setup.configure({ READ_INTERVAL: 0.5, id: 'w1' })
      assert.deepEqual(await setup.responseTo('w1', since), { id: 'w1', ok: true })
      const again = setup.subscriber.seen.length
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.7 })
      assert.deepEqual(await setup.responseTo('w1', again), { id: 'w1', ok: false, error: 'id was used for other settings before' })
      assert.equal(setup.info().interval, 0.5)
      assert.equal(setup.logged().match(/settings changed/g)?.length, 1)
    })

    it('are refused as a whole if one is invalid; the response and the log name it', async () => {
      await setup.start({ ALERT_BELOW: '10' })
      await setup.online()
      await setup.configure({ id: 'good', READ_INTERVAL: 0.5 })
      await setup.responseTo('good')
      const wrongs: [object, RegExp][] = [
        [{ READ_INTERVAL: 0.01, MAX_RATE: 5 }, /^READ_INTERVAL must be >= 0\.05$/],
        [{ READ_INTERVAL: 1, HEARTBEAT_INTERVAL: 'often' }, /^HEARTBEAT_INTERVAL must be number$/],
        [{ READ_INTERVAL: 1, ALERT_ABOVE: 5 }, /^ALERT_BELOW must be less than ALERT_ABOVE \(they are 10 and 5\)$/],
        [{ READ_INTERVAL: 1, ALERT_BELOW: 251 }, /^ALERT_BELOW must be <= 250$/],
        [{ READ_INTERVAL: 1, offsets: { temperature: 'low' } }, /^offsets\.temperature must be number$/],
        [{ offsets: { 'wine cellar/temperature': 'low' } }, /^offsets\.wine cellar\/temperature must be number$/],
        [{ READ_INTERVAL: 1, ROOM: 'attic' }, /^ROOM is not known here$/],
      ]
      for (const [i, [settings, reason]] of wrongs.entries()) {
        await setup.configure({ id: `wrong-${i}`, ...settings })
        const { ok, error = '' } = await setup.responseTo(`wrong-${i}`)
        assert.equal(ok, false)
        assert.match(error, reason)
        assert.ok(setup.logged().includes(error), setup.logged())
      }
      for (const garbage of ['{', '[]', '{"READ_INTERVAL":1}', 'null'])
        await setup.subscriber.publish(topicsOf.config, garbage, { retain: true })
      await setup.command('mark', 'measure')
      await setup.responseTo('mark')
      assert.equal(setup.info().interval, 0.5)
      assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(setup.folder, 'pi-1.wanted.json'), 'utf8'))), ['id', 'READ_INTERVAL'])
    })

    it('are removed by an empty message', async () => {
      await setup.start({ ALERT_BELOW: '10' })
      await setup.online()
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.5, ALERT_BELOW: null, offsets: { temperature: 1 } })
      await setup.responseTo('w1')
      assert.equal(setup.info().config.ALERT_BELOW, null)
      const since = setup.subscriber.seen.length
      await setup.subscriber.publish(topicsOf.config, '', { retain: true })
      await setup.subscriber.until(({ topic }) => topic === topicsOf.info, since)
      assert.equal(setup.info().interval, 0.05)
      assert.equal(setup.info().config.ALERT_BELOW, 10)
      assert.equal(setup.info().config['offset.temperature'], undefined)
    })

    it('are stored, and apply after a restart before the first connection', async () => {
      const first = await setup.start()
      await setup.online()
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.07, offsets: { temperature: 2 } })
      await setup.responseTo('w1')
      await first.close()
      await setup.crash(() => setup.start())
      const { text } = await setup.subscriber.until(({ topic }) => topic === temperature)
      assert.equal(text, '23.437')
      assert.equal(setup.info().interval, 0.07)
    })

    it('are answered only after the sensor has published info and online', async () => {
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.3 })
      const since = setup.subscriber.seen.length
      await setup.start()
      assert.deepEqual(await setup.responseTo('w1'), { id: 'w1', ok: true })
      const topics = [...new Set(setup.subscriber.seen.slice(since).map(({ topic }) => topic))].filter((topic) => topic !== topicsOf.config)
      assert.deepEqual(topics.slice(0, 2), [topicsOf.info, status])
      assert.equal(setup.info().interval, 0.3)
    })

    it('are received and answered after a restart of a broker that lost its state', async () => {
      await setup.start()
      await setup.online()
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.3 })
      await setup.responseTo('w1')
      await setup.crash()
      await setup.online()
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.3 })
      assert.deepEqual(await setup.responseTo('w1'), { id: 'w1', ok: true })
    })

    it('are refused if they cannot be written to disk', async () => {
      await setup.start()
      await setup.online()
      mkdirSync(join(setup.folder, 'pi-1.wanted.json.new'))
      await setup.configure({ id: 'w1', READ_INTERVAL: 0.3 })
      const { ok, error } = await setup.responseTo('w1')
      assert.equal(ok, false)
      assert.match(error ?? '', /^cannot be stored: /)
      assert.equal(setup.info().interval, 0.05)
    })
  })
}

describe('a sensor with unreadable control files', () => {
  it('starts with its own settings and logs an error', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'control-'))
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

  it('ignores the files of another sensor in its folder', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'control-'))
    t.after(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'pi-2.wanted.json'), '{"id":"w1","READ_INTERVAL":-5}')
    const settings = { SENSOR_ID: 'pi-1', ROOM: 'kitchen', PROBE: 'simulated', MQTT_URL: 'mqtt://127.0.0.1:1', OUTBOX_DIR: folder }
    const sensor = await startSensor(readConfig(settings, []), silent)
    await sensor.close()
  })
})
