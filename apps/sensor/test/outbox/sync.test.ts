import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { type Row, readHeartbeat, readInfo } from '@hearthwatch/protocol'
import { type Sensor, type SensorOptions, startSensor } from '../../agent.ts'
import { readConfig } from '../../config.ts'
import { type Broker, kinds, users } from '../brokers.ts'
import { type FakeMonitor, startFakeMonitor } from '../fake-monitor.ts'
import { outboxFolder, ticks } from '../outbox-folder.ts'
import { type Subscriber, startSubscriber } from '../subscriber.ts'

for (const kind of kinds) {
  describe(`the outbox’s sync with ${kind.name}`, kind.need, () => {
    let broker: Broker
    let monitor: FakeMonitor
    let subscriber: Subscriber
    let at: ReturnType<typeof outboxFolder>
    let appended: Row[]
    let sensors: Sensor[]

    beforeEach(async () => {
      broker = await kind.start()
      monitor = await startFakeMonitor(broker.port, 'pi-1')
      subscriber = await startSubscriber(broker.port)
      at = outboxFolder()
      appended = []
      sensors = []
    })
    afterEach(async () => {
      await Promise.all(sensors.map((sensor) => sensor.close()))
      await monitor.end()
      await subscriber.end()
      await broker.end()
      at.end()
    })

    async function start(env: Record<string, string> = {}, options: SensorOptions = {}): Promise<Sensor> {
      const own = { SENSOR_ID: 'pi-1', ROOM: 'kitchen', PROBE: 'simulated', OUTBOX_DIR: at.folder, BATCH_INTERVAL: '0.2' }
      const login = { MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_USERNAME: 'pi-1', MQTT_PASSWORD: users['pi-1'] }
      const sensor = await startSensor(readConfig({ ...own, ...login, READ_INTERVAL: '0.05', ...env }, []), silent, {
        onAppended: (row) => appended.push(row),
        isSynchronised: () => true,
        ...options,
      })
      sensors.push(sensor)
      return sensor
    }
    /** Waits until the monitor has stored this many rows. */
    const stored = (many: number) => monitor.until(() => [...monitor.kept.values()].reduce((sum, rows) => sum + rows.size, 0) >= many)
    /** Asserts that the monitor's rows are those of the outbox, by number, time and value. */
    function assertSameRows(epoch = [...monitor.kept.keys()].at(-1) ?? ''): void {
      const kept = monitor.kept.get(epoch) ?? new Map()
      assert.ok(kept.size > 0)
      for (const row of kept.values()) assert.deepEqual(row, appended[row.seq - 1])
      assert.deepEqual(
        [...kept.keys()].sort((a, b) => a - b),
        [...kept.keys()].map((_, i) => i + 1),
      )
    }

    it('delivers every row once, with its number, time and values', async () => {
      await start()
      await stored(30)
      assertSameRows()
      const numbers = monitor.batches.flatMap(({ rows }) => rows.map(({ seq }) => seq))
      assert.deepEqual(numbers, [...new Set(numbers)])
      for (const { from, to, oldest, trusted, rows } of monitor.batches) {
        assert.deepEqual([from, to, oldest, trusted], [rows[0]?.seq, rows.at(-1)?.seq, 1, true])
      }
      assert.equal(appended[0]?.time && appended[0].time % 50, 0, 'times are those of the grid')
    })

    it('sends the rows of a crossed limit at once', async () => {
      await start({ BATCH_INTERVAL: '600', BATCH_SIZE: '500' })
      await subscriber.count('home/kitchen/temperature', 5)
      const before = monitor.batches.length
      await monitor.publish('device/pi-1/config', JSON.stringify({ id: 'colder', ALERT_ABOVE: 0 }), { qos: 1, retain: true })
      await monitor.until(() => monitor.batches.length > before)
      assert.ok(appended.length < 500, 'the batch was not full')
    })

    it('continues after a restart behind the acknowledged rows', async () => {
      const first = await start()
      await stored(10)
      await first.close()
      const { epoch = '' } = monitor.batches[0] ?? {}
      const before = monitor.kept.get(epoch)?.size ?? 0
      await start()
      await stored(before + 10)
      assertSameRows(epoch)
      assert.deepEqual([...monitor.kept.keys()], [epoch])
    })

    it('sends a backlog in large batches after the broker returns', async () => {
      await broker.crash()
      await start({ BATCH_SIZE: '10' })
      while (appended.length < 60) await new Promise((resolve) => setTimeout(resolve, 20))
      await broker.restart()
      await subscriber.end()
      subscriber = await startSubscriber(broker.port)
      await monitor.end()
      monitor = await startFakeMonitor(broker.port, 'pi-1')
      await stored(60)
      assertSameRows()
      assert.ok(monitor.batches.some(({ rows }) => rows.length >= 50))
    })

    it('resends an unanswered batch when the monitor publishes online', async () => {
      monitor.answer = () => null
      await start()
      await monitor.until(() => monitor.batches.length > 0)
      monitor.answer = () => ({})
      await monitor.publish('monitor/status', 'online', { qos: 1, retain: true })
      await stored(5)
      assertSameRows()
    })

    it('publishes its info before the batch when the monitor publishes online, and again while a batch is not answered', async () => {
      const topics = () => subscriber.seen.filter(({ topic }) => /info|readings/.test(topic)).map(({ topic }) => topic.split('/')[2])
      monitor.answer = () => null
      await start()
      await subscriber.count('device/pi-1/readings', 1)
      await monitor.publish('monitor/status', 'online')
      await subscriber.count('device/pi-1/readings', 2)
      assert.deepEqual(topics(), ['info', 'readings', 'info', 'readings'])
      // After five seconds without an answer.
      await subscriber.count('device/pi-1/info', 3)
      monitor.answer = () => ({})
      await stored(1)
    })

    it('sends all rows again to a new monitor that asks for them', async () => {
      await start()
      await stored(20)
      const { epoch = '' } = monitor.batches[0] ?? {}
      monitor.kept.clear()
      let asked = false
      monitor.answer = ({ from }) => {
        if (asked || from === 1) return {}
        asked = true
        return { seq: 0 }
      }
      await monitor.until(() => asked && (monitor.kept.get(epoch)?.size ?? 0) > 20)
      assertSameRows(epoch)
    })

    it('ignores acknowledgements of another batch or epoch, retained ones and invalid ones', async () => {
      monitor.answer = () => null
      await start()
      const batch = await monitor.until(() => monitor.batches[0])
      const ack = (more: object, options = {}) =>
        monitor.publish(
          'device/pi-1/ack',
          JSON.stringify({ v: 1, epoch: batch.epoch, re: batch.batch, seq: batch.to, now: Date.now(), ...more }),
          options,
        )
      await ack({ re: 'another-1' })
      await ack({ epoch: '0123456789abcdef' })
      await ack({ seq: -1 })
      await ack({ err: 'what' })
      await monitor.publish('device/pi-1/ack', 'garbage')
      await monitor.publish('device/pi-1/ack', '')
      monitor.answer = () => ({})
      await monitor.publish('monitor/status', 'online', { qos: 1 })
      const again = await monitor.until(() => monitor.batches.find(({ batch: name }) => name !== batch.batch))
      assert.equal(again.from, 1)
    })

    it('begins a new epoch after a fork, and publishes it in its info', async () => {
      monitor.answer = ({ epoch }) => (epoch === monitor.batches[0]?.epoch ? { err: 'fork' } : {})
      await start()
      await monitor.until(() => monitor.kept.size > 1)
      const [before, after] = [...monitor.kept.keys()]
      assert.notEqual(before, after)
      await subscriber.until(({ topic, text }) => topic === 'device/pi-1/info' && readInfo(Buffer.from(text)).epoch === after)
      assert.equal(monitor.batches.find(({ epoch }) => epoch === after)?.from, 1)
      await monitor.until(() => (monitor.kept.get(after ?? '')?.size ?? 0) >= 20)
      assertSameRows(after)
    })

    it('moves a row that the monitor refuses to quarantine, and delivers all others', async () => {
      monitor.answer = ({ rows }) => (rows.some(({ seq }) => seq === 7) ? { err: 'bad' } : {})
      await start()
      const { epoch = '' } = await monitor.until(() => monitor.batches.at(-1))
      await monitor.until(() => (monitor.kept.get(epoch)?.size ?? 0) >= 20)
      const numbers = [...(monitor.kept.get(epoch)?.keys() ?? [])].sort((a, b) => a - b)
      assert.deepEqual(numbers.slice(0, 10), [1, 2, 3, 4, 5, 6, 8, 9, 10, 11])
      const beyond = monitor.batches.find(({ from, rows }) => from <= 7 && (rows[0]?.seq ?? 0) > 7)
      assert.ok(
        beyond || monitor.batches.some(({ from, to, rows }) => from <= 7 && to > 7 && !rows.some(({ seq }) => seq === 7)),
        'the gap is declared',
      )
    })

    it('sends a long backlog quickly, in packets that every broker accepts', async () => {
      const outbox = at.open()
      outbox.append(ticks(10_000))
      at.close(outbox)
      const begin = performance.now()
      await start({ READ_INTERVAL: '10' })
      await stored(10_000)
      assert.ok(performance.now() - begin < 10_000)
      assert.ok(monitor.batches.every(({ rows }) => rows.length <= 500))
    })

    it('reports the number of unacknowledged rows in the heartbeat', async () => {
      const outbox = at.open()
      outbox.append(ticks(100))
      at.close(outbox)
      monitor.answer = () => null
      await start({ READ_INTERVAL: '10' })
      const { text } = await subscriber.until(({ topic }) => topic === 'device/pi-1/heartbeat')
      const { outbox: waiting = 0, dropped } = readHeartbeat(Buffer.from(text))
      assert.ok(waiting >= 100 && waiting <= 102)
      assert.equal(dropped, 0)
    })

    it('marks its times as untrusted until the monitor has answered', async () => {
      await start({}, { isSynchronised: () => false })
      await monitor.until(() => monitor.batches.some(({ trusted }) => trusted))
      assert.equal(monitor.batches[0]?.trusted, false)
      const firstTrusted = monitor.batches.findIndex(({ trusted }) => trusted)
      assert.ok(monitor.batches.slice(firstTrusted).every(({ trusted }) => trusted))
    })

    it('waits with rows until the clock is set, and then gives them their times', async () => {
      let late = 0
      const wall = () => Date.now() - late
      late = Date.now() - 1_000_000
      await start({}, { wall, isSynchronised: () => late === 0 })
      await subscriber.count('home/kitchen/temperature', 10)
      assert.equal(monitor.batches.length, 0)
      late = 0
      await stored(15)
      assertSameRows()
      const times = appended.map(({ time }) => time)
      assert.ok(times.every((time) => Math.abs(time - Date.now()) < 20_000))
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      )
    })

    it('uses a separate outbox for each sensor in a folder', async () => {
      await start()
      await start({ SENSOR_ID: 'pi-2', MQTT_USERNAME: 'pi-2', MQTT_PASSWORD: users['pi-2'] })
      for (const id of ['pi-1', 'pi-2']) assert.ok(existsSync(join(at.folder, `${id}.db`)))
    })
  })
}
