import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type MqttClient } from 'mqtt'

const zigbee = {
  ieee_address: '0x00158d0001a2b301',
  friendly_name: 'cellar/climate',
  type: 'EndDevice',
  disabled: false,
  power_source: 'Battery',
  definition: {
    vendor: 'Aqara',
    model: 'WSDCGQ11LM',
    exposes: [{ type: 'numeric', property: 'temperature', name: 'temperature', unit: '°C', access: 1 }],
  },
}

describe('examples/bridge/bridge.conf', need('mosquitto'), () => {
  /** The broker of Home Assistant, and that of Hearthwatch with the bridge. */
  let other: Mosquitto
  let own: Mosquitto
  let house: TestMonitor
  let homeAssistant: MqttClient
  const received: { topic: string; payload: string }[] = []
  const on = (topic: string) => received.filter((message) => message.topic === topic)

  const listen = async () => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${other.port}`, { reconnectPeriod: 100 })
    client.on('message', (topic, payload) => received.push({ topic, payload: payload.toString() }))
    await client.subscribeAsync('#')
    return client
  }

  before(async () => {
    other = await startMosquitto()
    const text = await readFile(join(import.meta.dirname, '../../examples/bridge/bridge.conf'), 'utf8')
    const lines = text.replace('192.168.1.20:1883', `127.0.0.1:${other.port}`).replace('restart_timeout 5 60', 'restart_timeout 1')
    own = await startMosquitto({ config: lines.split('\n') })
    homeAssistant = await listen()
    house = await startTestMonitor({ MQTT_URL: `mqtt://127.0.0.1:${own.port}`, HA_DISCOVERY: 'on' })
  })
  after(async () => {
    await homeAssistant.endAsync()
    await house.close()
    await own.stop()
    await other.stop()
  })

  it('brings readings and announcements of our sensors to Home Assistant, each once', async () => {
    const sensor = await mqtt.connectAsync(`mqtt://127.0.0.1:${own.port}`)
    await sensor.publishAsync('home/kitchen/temperature', '21.4', { qos: 1, retain: true })
    await eventually(() => on('home/kitchen/temperature').length > 0)
    await eventually(() => received.some(({ topic }) => topic.startsWith('homeassistant/device/hearthwatch_')))
    await sensor.publishAsync('home/kitchen/temperature', '21.6', { qos: 1, retain: true })
    await eventually(() => on('home/kitchen/temperature').some(({ payload }) => payload === '21.6'))
    assert.deepEqual(
      on('home/kitchen/temperature').map(({ payload }) => payload),
      ['21.4', '21.6'],
    )
    await sensor.endAsync()
  })

  it('brings the devices of the other broker into the house, each message once', async () => {
    const publish = (topic: string, value: object) => homeAssistant.publishAsync(topic, JSON.stringify(value), { qos: 1, retain: true })
    await publish('zigbee2mqtt/bridge/state', { state: 'online' })
    await publish('zigbee2mqtt/bridge/devices', [zigbee])
    const rows = () => house.rows<{ value: number }>(`SELECT value FROM readings WHERE room = 'cellar' ORDER BY time`)
    // Until the monitor has subscribed to the topic that the list names, its messages are lost: they have QoS 0.
    await eventually(
      async () => {
        await homeAssistant.publishAsync('zigbee2mqtt/cellar/climate', '{"temperature":9}', { qos: 1 })
        return rows().length > 0
      },
      20_000,
      { interval: 200 },
    )
    received.splice(0)
    for (const temperature of [9.5, 9.7])
      await homeAssistant.publishAsync('zigbee2mqtt/cellar/climate', JSON.stringify({ temperature }), { qos: 1 })
    await eventually(() => rows().some(({ value }) => value === 9.7))
    assert.deepEqual(
      rows().flatMap(({ value }) => (value > 9 ? [value] : [])),
      [9.5, 9.7],
    )
    const back = on('zigbee2mqtt/cellar/climate').filter(({ payload }) => payload !== '{"temperature":9}')
    assert.equal(back.length, 2, 'nothing comes back')
  })

  it('goes on after the other broker was away', async () => {
    await other.restart()
    const sensor = await mqtt.connectAsync(`mqtt://127.0.0.1:${own.port}`)
    received.splice(0)
    await eventually(() => homeAssistant.connected)
    await eventually(async () => {
      await sensor.publishAsync('home/kitchen/temperature', '22', { qos: 1 })
      return on('home/kitchen/temperature').length > 0
    }, 20_000)
    await sensor.endAsync()
  })
})
