import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type BatchSensors, startBatchSensors } from '@hearthwatch/testhouse/sensors/batch-sensor'

describe('A guest, who may publish into any room,', () => {
  let sensors: BatchSensors
  /** Of the monitor's clock. ms */
  let ahead = 0
  before(async () => {
    sensors = await startBatchSensors({ OFFLINE_AFTER: '2' }, () => Date.now() + ahead)
  })
  after(() => sensors?.monitor.close())
  const publish = (topic: string, text: string) => sensors.client.publishAsync(topic, text, { qos: 1 })
  const device = async (id: string) => (await sensors.monitor.get<Device[]>('/api/devices')).find((one) => one.id === id)
  const states = (room: string) => sensors.alerts(room).map(({ state }) => state)
  /** All messages before it have been applied. */
  const applied = async () => {
    const mark = String(Math.random())
    await publish('home/mark/power', mark)
    await eventually(() => sensors.values('mark').includes(Number(mark)))
  }

  it('ends no alert of a device with a record, and the contradiction is shown', async () => {
    const pi = await sensors.sensor('kitchen')
    await pi.send(pi.batch(1, [20]))
    await pi.live(35)
    await eventually(() => states('kitchen')[0] === 'firing')
    await publish('home/kitchen/temperature', '20.5')
    await applied()
    assert.deepEqual(states('kitchen'), ['firing'])
    ahead = 6000
    await pi.send(pi.batch(2, [35], { now: Date.now() + ahead, age: -ahead }))
    const problems = (await device(pi.id))?.problems.map(({ problem, topic }) => [problem, topic])
    assert.deepEqual(problems, [['live-differs', 'home/kitchen/temperature']])
    assert.deepEqual(states('kitchen'), ['firing'])
    await pi.send(pi.batch(3, [20], { now: Date.now() + ahead, age: -ahead }))
    assert.deepEqual(states('kitchen'), ['resolved'])
  })

  it('keeps no dead sensor online, neither by a shared heartbeat, a status nor a reading', async () => {
    const pi = await sensors.sensor('attic')
    const status = 'home/attic/sensor/status'
    const readings = [{ key: 'temperature', topic: 'home/attic/temperature' }]
    await publish(`device/${pi.id}/info`, JSON.stringify({ id: pi.id, room: 'attic', epoch: pi.epoch, status, readings }))
    await publish(`device/${pi.id}/heartbeat`, '{"cpu":1}')
    await eventually(async () => (await device(pi.id))?.heartbeat?.cpu === 1)
    const timer = setInterval(() => {
      void publish('device/heartbeat', JSON.stringify({ device_id: pi.id, cpu: 99 }))
      void publish('home/attic/temperature', '21')
      void publish(status, 'online')
    }, 200)
    await eventually(async () => (await device(pi.id))?.status === 'offline').finally(() => clearInterval(timer))
    await eventually(
      () => sensors.monitor.rows<Alert>(`SELECT 1 FROM alert_log WHERE device = '${pi.id}' AND rule = 'offline'`).length === 1,
    )
    assert.equal((await device(pi.id))?.heartbeat?.cpu, 1)
    await publish(status, 'online')
    await applied()
    assert.equal((await device(pi.id))?.status, 'offline')
    await publish(`device/${pi.id}/heartbeat`, '{"cpu":2}')
    await eventually(async () => (await device(pi.id))?.status === 'online')
  })

  it('raises no alert by an offline that the sensor corrects', async () => {
    const pi = await sensors.sensor('loft')
    const status = 'home/loft/sensor/status'
    await publish(`device/${pi.id}/info`, JSON.stringify({ id: pi.id, room: 'loft', epoch: pi.epoch, status, readings: [] }))
    await publish(`device/${pi.id}/heartbeat`, '{"cpu":1}')
    const alerts = () => sensors.monitor.rows(`SELECT 1 FROM alert_log WHERE device = '${pi.id}'`).length
    await publish(status, 'offline')
    await eventually(() => alerts() === 1)
    await publish(status, 'online')
    await eventually(() => alerts() === 0)
    assert.equal((await device(pi.id))?.status, 'online')
  })

  it('publishes heartbeats of a device without an info on the shared topic, as the tutorials do', async () => {
    await publish('device/heartbeat', JSON.stringify({ device_id: 'esp', cpu: 5 }))
    await eventually(async () => (await device('esp'))?.status === 'online')
  })
})
