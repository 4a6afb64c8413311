import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device, DeviceConfig } from '@hearthwatch/api/devices'
import { silent } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type Sensor, startSensor } from '../apps/sensor/agent.ts'
import { readConfig } from '../apps/sensor/config.ts'
import { makeTree, plugW1, type Tree } from '../apps/sensor/test/probes/tree.ts'

/** A sensor in the kitchen with its probes in the fridge and in 客廳, and a monitor with its own broker. */
describe('A sensor with probes in two other rooms', () => {
  let tree: Tree
  let house: TestMonitor
  let sensor: Sensor
  const seen = new Map<string, string>()

  const start = async (id: string) =>
    startSensor(
      readConfig(
        {
          SENSOR_ID: id,
          ROOM: 'kitchen',
          SYSFS_ROOT: tree.root,
          OUTBOX_DIR: tree.root,
          READ_INTERVAL: '0.1',
          BATCH_INTERVAL: '0.2',
          MQTT_URL: `mqtt://127.0.0.1:${house.brokerPort}`,
          MQTT_USERNAME: id,
          MQTT_PASSWORD: 'let me in',
          PROBES: 'w1-28-000000000001=fridge w1-28-000000000002=客廳',
        },
        [],
      ),
      silent,
    )
  const stored = () =>
    house
      .rows<{ place: string }>("SELECT DISTINCT room || '/' || quantity || ' ' || device AS place FROM readings ORDER BY place")
      .map(({ place }) => place)
  const device = async (name: string) => (await house.get<Device[]>('/api/devices')).find(({ id }) => id === name)

  before(async () => {
    tree = makeTree()
    plugW1(tree, '28-000000000001', '4500\n')
    plugW1(tree, '28-000000000002', '31500\n')
    house = await startTestMonitor()
    const guest = await house.client()
    guest.on('message', (topic, payload) => seen.set(topic, payload.toString()))
    await guest.subscribeAsync('home/#', { qos: 1 })
  })
  after(async () => {
    await sensor?.close()
    await house.close()
    tree.end()
  })

  it('is refused those rooms by the monitor if its login was not given them', async () => {
    await house.addLogin('pi-2', 'kitchen')
    sensor = await start('pi-2')
    const problems = await eventually(async () => {
      const found = (await device('pi-2'))?.problems ?? []
      return found.some(({ problem }) => problem === 'rows-aside') ? found : null
    })
    assert.deepEqual(problems.flatMap(({ problem, room }) => (problem === 'not-its-room' ? [room] : [])).sort(), ['fridge', '客廳'])
    assert.deepEqual(stored(), [])
    await sensor.close()
  })

  it('has its rows stored in both rooms, by the device, and its live values on their topics', async () => {
    await house.addLogin('pi-1', 'kitchen', 'fridge', '客廳')
    sensor = await start('pi-1')
    await eventually(() => stored().length === 2)
    assert.deepEqual(stored(), ['fridge/temperature pi-1', '客廳/temperature pi-1'])
    await eventually(() => seen.has('home/fridge/temperature') && seen.has('home/客廳/temperature'))
    assert.deepEqual([seen.get('home/fridge/temperature'), seen.get('home/客廳/temperature')], ['4.5', '31.5'])
    assert.deepEqual((await device('pi-1'))?.problems, [])
    const topics = (await device('pi-1'))?.probes.map(({ topic }) => topic)
    assert.deepEqual(topics, ['home/fridge/temperature', 'home/客廳/temperature'])
  })

  it('publishes an alert on the topic of the probe’s room, and the monitor alerts for that room', async () => {
    await eventually(() => seen.has('home/客廳/alert'))
    assert.equal(seen.get('home/客廳/alert'), 'It is too warm in 客廳: 31.5 °C, the limit is 30 °C')
    assert.ok(!seen.has('home/kitchen/alert') && !seen.has('home/fridge/alert'))
    const alerts = await eventually(async () => {
      const found = await house.get<Alert[]>('/api/alerts?state=firing')
      return found.length > 0 ? found : null
    })
    assert.deepEqual([...new Set(alerts.map(({ room }) => room))], ['客廳'])
  })

  it('takes the calibration of a probe in another room, by its key', async () => {
    await house.send('PUT', '/api/devices/pi-1/config', { offsets: { 'fridge/temperature': -0.5 } })
    await eventually(() => seen.get('home/fridge/temperature') === '4')
    const { reported } = await eventually(async () => {
      const found = await house.get<DeviceConfig>('/api/devices/pi-1/config')
      return found.response?.ok ? found : null
    })
    assert.equal(reported?.['offset.fridge/temperature'], -0.5)
  })

  it('shows all its rooms as online', async () => {
    const rooms = await house.get<{ room: string; status: string }[]>('/api/rooms')
    assert.deepEqual(
      rooms.filter(({ room }) => room !== 'kitchen').map(({ room, status }) => `${room} ${status}`),
      ['fridge online', '客廳 online'],
    )
  })
})
