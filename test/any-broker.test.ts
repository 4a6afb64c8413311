import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type MqttClient } from 'mqtt'
import { type Sensor, startSensor } from '../apps/sensor/agent.ts'
import { readConfig } from '../apps/sensor/config.ts'

interface Device {
  id: string
  room: string
  status: string
}

describe('A broker that is not ours', need('mosquitto'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'any-broker-'))
  let broker: Mosquitto
  let other: MqttClient
  let url: string
  const ends: { close(): Promise<unknown> }[] = []
  before(async () => {
    // The window of RabbitMQ.
    broker = await startMosquitto({ config: ['max_inflight_messages 10', 'max_queued_messages 10000'] })
    url = `mqtt://127.0.0.1:${broker.port}`
    other = await mqtt.connectAsync(url)
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end.close()
  })
  after(async () => {
    await other.endAsync(true)
    await broker.stop()
    rmSync(folder, { recursive: true })
  })

  async function monitorWith(settings: Record<string, string>): Promise<TestMonitor> {
    const monitor = await startTestMonitor({ MQTT_URL: url, ...settings })
    ends.push(monitor)
    await eventually(async () => (await monitor.get<{ mqtt: string }>('/api/health')).mqtt === 'connected')
    return monitor
  }
  async function sensorWith(id: string, settings: Record<string, string> = {}): Promise<Sensor> {
    const own = {
      SENSOR_ID: id,
      ROOM: 'kitchen',
      PROBE: 'simulated',
      OUTBOX_DIR: join(folder, `outbox-${Object.values(settings).join('-').replaceAll('/', '')}`),
    }
    const pace = { READ_INTERVAL: '0.1', BATCH_INTERVAL: '0.2' }
    const sensor = await startSensor(readConfig({ MQTT_URL: url, ...own, ...pace, ...settings }, []), silent)
    ends.push(sensor)
    return sensor
  }
  const roomsOf = (monitor: TestMonitor) => monitor.rows<{ room: string }>('SELECT DISTINCT room FROM readings').map(({ room }) => room)
  const isOnline = (monitor: TestMonitor, id: string) => async () =>
    (await monitor.get<Device[]>('/api/devices')).some((device) => device.id === id && device.status === 'online')

  it('that has lost the info of a running sensor gets it again for a new monitor, which files no row under a wrong room', async () => {
    const first = await monitorWith({ MQTT_CLIENT_ID: 'first' })
    await sensorWith('pi-1')
    await eventually(() => roomsOf(first).includes('kitchen'))
    await first.stop()
    await other.publishAsync('device/pi-1/info', '', { qos: 1, retain: true })
    const second = await monitorWith({ MQTT_CLIENT_ID: 'second' })
    await eventually(() => second.rows('SELECT 1 FROM readings').length > 5)
    assert.deepEqual(roomsOf(second), ['kitchen'])
  })

  it('that has queued a status and has no info shows one device, and no conflict with itself, in a new database', async () => {
    const first = await monitorWith({ MQTT_CLIENT_ID: 'queued' })
    await sensorWith('pi-5', { ROOM: 'hall' })
    await eventually(isOnline(first, 'pi-5'))
    await first.close()
    ends.splice(ends.indexOf(first), 1)
    const status = 'home/hall/sensor/status'
    await other.publishAsync(status, 'online', { qos: 1 })
    for (const topic of [status, 'device/pi-5/info']) await other.publishAsync(topic, '', { qos: 1, retain: true })
    const second = await monitorWith({ MQTT_CLIENT_ID: 'queued' })
    await eventually(isOnline(second, 'pi-5'))
    const devices = await second.get<(Device & { problems: unknown[] })[]>('/api/devices')
    const inHall = devices.filter(({ room }) => room === 'hall')
    assert.deepEqual(
      inHall.map(({ id, problems }) => ({ id, problems })),
      [{ id: 'pi-5', problems: [] }],
    )
  })

  it('that has lost the desired settings of a sensor gets them again when the sensor introduces itself', async () => {
    const monitor = await monitorWith({ MQTT_CLIENT_ID: 'settings' })
    const sensor = await sensorWith('pi-2')
    await eventually(isOnline(monitor, 'pi-2'))
    ends.pop()
    await sensor.close()
    await monitor.send('PUT', '/api/devices/pi-2/config', { ALERT_ABOVE: 42 })
    await other.publishAsync('device/pi-2/config', '', { qos: 1, retain: true })
    await sensorWith('pi-2')
    const isInForce = async () =>
      (await monitor.get<{ reported: { ALERT_ABOVE?: number } | null }>('/api/devices/pi-2/config')).reported?.ALERT_ABOVE === 42
    await eventually(isInForce)
  })

  it('without QoS 2 takes commands at QoS 1', async () => {
    const monitor = await monitorWith({ MQTT_CLIENT_ID: 'one', MQTT_MAX_QOS: '1' })
    await sensorWith('pi-3', { MQTT_MAX_QOS: '1' })
    await eventually(isOnline(monitor, 'pi-3'))
    const command = await monitor.send<{ id: string }>('POST', '/api/devices/pi-3/commands', { action: 'measure' })
    const isDone = async () =>
      (await monitor.get<{ id: string; ok: boolean | null }[]>('/api/devices/pi-3/commands')).some(({ id, ok }) => id === command.id && ok)
    await eventually(isDone)
    assert.match(broker.output(), /PUBLISH from one \(d0, q1, r0, .*'device\/pi-3\/command'/)
    assert.doesNotMatch(broker.output(), /\(d\d, q2, r\d, .*'device\/pi-3/)
  })

  it('has two houses, each with its own prefix, and neither has anything of the other', async () => {
    const houses = await Promise.all(
      ['site-7/', 'site-8/'].map((TOPIC_PREFIX) => monitorWith({ TOPIC_PREFIX, MQTT_CLIENT_ID: TOPIC_PREFIX.slice(0, -1) })),
    )
    const [seven, eight] = houses as [TestMonitor, TestMonitor]
    await sensorWith('pi-7', { TOPIC_PREFIX: 'site-7/' })
    await sensorWith('pi-8', { TOPIC_PREFIX: 'site-8/', ROOM: 'attic' })
    await eventually(isOnline(seven, 'pi-7'))
    await eventually(isOnline(eight, 'pi-8'))
    await eventually(() => roomsOf(seven).includes('kitchen') && roomsOf(eight).includes('attic'))
    const ids = async (house: TestMonitor) => (await house.get<Device[]>('/api/devices')).map(({ id }) => id)
    assert.deepEqual([await ids(seven), await ids(eight)], [['pi-7'], ['pi-8']])
    assert.deepEqual([roomsOf(seven), roomsOf(eight)], [['kitchen'], ['attic']])
  })

  it('with a window of ten messages delivers a backlog in seconds', async () => {
    const many = 1000
    const monitor = await monitorWith({ MQTT_CLIENT_ID: 'drain', COMMIT_INTERVAL: '250' })
    await other.publishAsync('home/cellar/temperature', '20', { qos: 1 })
    await eventually(() => roomsOf(monitor).includes('cellar'))
    await monitor.stop()
    const time = Date.now()
    for (let i = 0; i < many; i += 1)
      await other.publishAsync('home/cellar/temperature', JSON.stringify({ value: 20, time: time - i * 1000 }), { qos: 1 })
    const begun = performance.now()
    await monitor.restart()
    await eventually(() => monitor.rows('SELECT 1 FROM readings').length > many, 30_000)
    const took = performance.now() - begun
    assert.ok(took < 12_000, `${Math.round(took)} ms; with one commit each 250 ms it is 25 s`)
  })
})
