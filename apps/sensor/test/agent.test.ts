import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { readHeartbeat, readInfo } from '@hearthwatch/protocol'
import { type Sensor, startSensor } from '../agent.ts'
import { readConfig } from '../config.ts'
import { type Broker, kinds, users } from './brokers.ts'
import { makeTree, plugW1, type Tree } from './probes/tree.ts'
import { retainedBy, type Subscriber, startSubscriber } from './subscriber.ts'

const temperature = 'home/kitchen/temperature'
const alert = 'home/kitchen/alert'
const status = 'home/kitchen/sensor/status'

for (const kind of kinds) {
  describe(`a sensor with ${kind.name}`, kind.need, () => {
    let broker: Broker
    let subscriber: Subscriber
    let tree: Tree
    let probe: { file: string; unplug(): void }
    let sensors: Sensor[]

    beforeEach(async () => {
      broker = await kind.start()
      subscriber = await startSubscriber(broker.port)
      tree = makeTree()
      probe = plugW1(tree, '28-0316a1b2c3d4', '21437\n')
      sensors = []
    })
    afterEach(async () => {
      await Promise.all(sensors.map((sensor) => sensor.close()))
      await subscriber.end()
      await broker.end()
      tree.end()
    })

    async function start(env: Record<string, string> = {}): Promise<Sensor> {
      const id = (env.SENSOR_ID ?? 'pi-1') as keyof typeof users
      const own = {
        SENSOR_ID: id,
        ROOM: 'kitchen',
        MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
        MQTT_USERNAME: id,
        MQTT_PASSWORD: users[id],
        OUTBOX_DIR: tree.root,
      }
      const sensor = await startSensor(
        readConfig({ ...own, PROBE: 'w1', SYSFS_ROOT: tree.root, READ_INTERVAL: '0.05', ...env }, []),
        silent,
      )
      sensors.push(sensor)
      return sensor
    }
    const topics = () => subscriber.seen.map(({ topic }) => topic)
    const online = (since = 0) => subscriber.until(({ topic, text }) => topic === status && text === 'online', since)

    it('publishes its info, then online, then its readings', async () => {
      await start()
      await subscriber.count(temperature, 3)
      assert.deepEqual([...new Set(topics())].slice(0, 2), ['device/pi-1/info', status])
      const { seen } = subscriber
      assert.deepEqual(
        [...seen.filter(({ topic }) => topic === status), ...seen.filter(({ topic }) => topic === 'device/pi-1/info')].map(
          ({ qos }) => qos,
        ),
        [1, 1],
      )
      const readings = seen.filter(({ topic }) => topic === temperature)
      for (const { text, qos } of readings) assert.deepEqual([text, qos], ['21.437', 0])
    })

    it('retains its info, its status and its last readings, and no other message', async () => {
      await start({ ALERT_ABOVE: '20' })
      await Promise.all([subscriber.count(temperature, 1), subscriber.count(alert, 1), subscriber.count('device/pi-1/heartbeat', 1)])
      const kept = await retainedBy(broker.port, 'device/pi-1/info', status, temperature)
      assert.deepEqual(Object.keys(kept).sort(), ['device/pi-1/info', status, temperature])
      assert.equal(kept[status], 'online')
      assert.equal(kept[temperature], '21.437')
      const info = readInfo(Buffer.from(kept['device/pi-1/info'] ?? ''))
      assert.deepEqual(info.readings, [{ key: 'temperature', topic: temperature, unit: '°C', probe: 'w1-28-0316a1b2c3d4' }])
      assert.deepEqual([info.id, info.room, info.interval, info.status], ['pi-1', 'kitchen', 0.05, status])
      assert.match(info.epoch ?? '', /^[0-9a-f]{16}$/)
      assert.deepEqual([info.config?.ALERT_ABOVE, info.config?.BATCH_SIZE, info.config?.BATCH_INTERVAL], [20, 60, 30])
      assert.doesNotMatch(kept['device/pi-1/info'] ?? '', /PASSWORD|secret/)
    })

    it('publishes a heartbeat at once, and then each HEARTBEAT_INTERVAL', async () => {
      await start({ HEARTBEAT_INTERVAL: '1' })
      const beats = await subscriber.count('device/pi-1/heartbeat', 3)
      for (const { text, qos } of beats) {
        const { device_id, timestamp, uptime, version, outbox, dropped } = readHeartbeat(Buffer.from(text))
        assert.deepEqual([device_id, version, typeof outbox, dropped, qos], ['pi-1', '1.0.0', 'number', 0, 0])
        assert.equal(new Date(timestamp ?? '').toISOString(), timestamp)
        assert.ok((uptime ?? 0) > 0)
      }
    })

    it('counts rejected readings of a dying probe in its heartbeat, and publishes none of them', async () => {
      await start({ HEARTBEAT_INTERVAL: '1' })
      await subscriber.count(temperature, 1)
      tree.write(probe.file, '85000\n')
      const { text } = await subscriber.until(
        (seen) =>
          seen.topic === 'device/pi-1/heartbeat' && (readHeartbeat(Buffer.from(seen.text)).rejected?.['w1-28-0316a1b2c3d4'] ?? 0) > 1,
      )
      assert.match(text, /"rejected":\{"w1-28-0316a1b2c3d4":\d+\}/)
      assert.ok(!subscriber.seen.some((seen) => seen.topic === temperature && seen.text === '85'))
    })

    it('publishes online after another client published offline for it, at most once a second', async () => {
      await start()
      await online()
      const since = subscriber.seen.length
      await Promise.all(Array.from({ length: 20 }, () => subscriber.publish(status, 'offline', { retain: true })))
      // The first is corrected at once, the others together a second later.
      const isOnline = ({ topic, text }: { topic: string; text: string }) => topic === status && text === 'online'
      const first = await subscriber.until(isOnline, since)
      await subscriber.until((seen) => isOnline(seen) && seen !== first, since)
      assert.equal((await retainedBy(broker.port, status))[status], 'online')
      assert.ok(subscriber.seen.slice(since).filter(isOnline).length <= 3)
    })

    it('publishes online again after another sensor with the same status topic has left', async () => {
      const STATUS_TOPIC = status
      await start({ SENSOR_ID: 'pi-1', STATUS_TOPIC })
      const second = await start({ SENSOR_ID: 'pi-2', STATUS_TOPIC })
      await subscriber.count(status, 2)
      await second.close()
      const words = (await subscriber.count(status, 4)).map(({ text }) => text)
      assert.deepEqual(words, ['online', 'online', 'offline', 'online'])
      assert.equal((await retainedBy(broker.port, status))[status], 'online')
      assert.equal(subscriber.seen.filter(({ topic }) => topic === status).length, 4)
    })

    it('publishes offline as its last message when it is closed', async () => {
      const sensor = await start()
      await subscriber.count(temperature, 1)
      await sensor.close()
      await subscriber.publish('mark', '')
      await subscriber.until(({ topic }) => topic === 'mark')
      const { topic, text } = subscriber.seen.at(-2) ?? {}
      assert.deepEqual([topic, text], [status, 'offline'])
      assert.equal(subscriber.seen.filter(({ text }) => text === 'offline').length, 1, 'no will after the goodbye')
      assert.equal((await retainedBy(broker.port, status))[status], 'offline')
    })

    it('publishes offline when it is closed while it publishes online', async () => {
      const sensor = await start()
      await online()
      await sensor.close()
      await subscriber.until(({ topic, text }) => topic === status && text === 'offline')
    })

    it('reconnects to a broker that restarted without its messages, and continues', async () => {
      await start()
      await subscriber.count(temperature, 1)
      await subscriber.end()
      await broker.crash()
      tree.write(probe.file, '22000\n')
      await broker.restart()
      subscriber = await startSubscriber(broker.port)
      await subscriber.until(({ topic, text }) => topic === temperature && text === '22')
      assert.deepEqual([...new Set(topics())].slice(0, 2), ['device/pi-1/info', status])
      assert.equal((await retainedBy(broker.port, status))[status], 'online')
    })

    it('starts without a broker, and publishes an alert after connecting if the limit is still exceeded', async () => {
      await subscriber.end()
      await broker.crash()
      tree.write(probe.file, '31000\n')
      await start()
      await broker.restart()
      subscriber = await startSubscriber(broker.port)
      const { text } = await subscriber.until(({ topic }) => topic === alert)
      assert.equal(text, 'It is too warm in kitchen: 31 °C, the limit is 30 °C')
      assert.ok(topics().indexOf(status) < topics().indexOf(alert))
    })

    it('publishes one alert each time that a limit is exceeded, at QoS 1 and not retained', async () => {
      await start()
      const reads = async (millidegrees: number) => {
        const since = subscriber.seen.length
        tree.write(probe.file, `${millidegrees}\n`)
        const value = `${millidegrees / 1000}`
        const first = await subscriber.until(({ topic, text }) => topic === temperature && text === value, since)
        await subscriber.until((seen) => seen.topic === temperature && seen.text === value && seen !== first, since)
      }
      for (const value of [31_000, 32_000, 29_500, 31_000, 20_000, 33_000]) await reads(value)
      const alerts = await subscriber.count(alert, 2)
      assert.deepEqual(
        alerts.map(({ text, qos, retained }) => [text, qos, retained]),
        [
          ['It is too warm in kitchen: 31 °C, the limit is 30 °C', 1, false],
          ['It is too warm in kitchen: 33 °C, the limit is 30 °C', 1, false],
        ],
      )
    })

    it('publishes at most MAX_RATE readings a second, and delays neither alert nor heartbeat', async () => {
      await start({ MAX_RATE: '5', ALERT_ABOVE: '20' })
      await Promise.all([subscriber.count(temperature, 1), subscriber.count(alert, 1), subscriber.count('device/pi-1/heartbeat', 1)])
      const begin = performance.now()
      await subscriber.count(temperature, 16)
      // 15 more readings at 5 a second take at least 2 s, a little less if the network delayed the first.
      assert.ok(performance.now() - begin > 1800)
    })

    it('publishes its info when a probe is unplugged', async () => {
      await start()
      await subscriber.count(temperature, 1)
      probe.unplug()
      await subscriber.until(({ topic, text }) => topic === 'device/pi-1/info' && readInfo(Buffer.from(text)).readings.length === 0)
    })

    it('may have its own status topic, as the second sensor of a room', async () => {
      await start({ STATUS_TOPIC: 'device/{id}/status' })
      await subscriber.until(({ topic, text }) => topic === 'device/pi-1/status' && text === 'online')
      assert.ok(!topics().includes(status))
    })
  })
}
