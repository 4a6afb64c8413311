import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import type { MqttClient } from 'mqtt'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

const zigbee = {
  ieee_address: '0x00158d0001a2b301',
  friendly_name: 'larder',
  type: 'EndDevice',
  disabled: false,
  power_source: 'Battery',
  definition: {
    vendor: 'Aqara',
    model: 'WSDCGQ11LM',
    exposes: ['temperature', 'battery'].map((property) => ({
      ...{ type: 'numeric', property, name: property, access: 1 },
      unit: property === 'battery' ? '%' : '°C',
    })),
  },
}

describe('Devices of others on the page', need('chromium'), () => {
  const open = useBrowser()
  let house: TestMonitor
  let client: MqttClient
  const say = (topic: string, value: object, retain = false) => client.publishAsync(topic, JSON.stringify(value), { qos: 1, retain })
  before(async () => {
    house = await startTestMonitor()
    client = await house.client({ username: 'foreign' })
    await say('zigbee2mqtt/bridge/state', { state: 'online' }, true)
    await say('zigbee2mqtt/bridge/devices', [zigbee], true)
    const unknown = {
      name: 'Pressure of the boiler',
      unit_of_meas: 'hPa',
      stat_t: 'boiler/state',
      uniq_id: 'p1',
      dev: { ids: 'boiler', name: 'Boiler' },
    }
    await say('homeassistant/sensor/boiler/p1/config', { ...unknown, val_tpl: '{{ states("sensor.pressure") }}' }, true)
    await (await house.client()).publishAsync('home/kitchen/temperature', '21.4', { qos: 1 })
    await eventually(async () => {
      await say('zigbee2mqtt/larder', { temperature: 9.5, battery: 12 })
      return (await house.get<{ id: string }[]>('/api/devices')).some(({ id }) => id === `zigbee2mqtt_${zigbee.ieee_address}`)
    })
  })
  after(() => house.close())
  const celsius = { degrees: 'C' }

  it('have their maker, and one tap puts a device without a room into one', async (t) => {
    const tab = await open(t, house.url, { hash: '#/devices', preferences: celsius, viewport: { width: 390, height: 844 } })
    const card = tab.getByRole('listitem').filter({ has: tab.getByRole('heading', { name: 'larder' }) })
    await card.getByText('Aqara WSDCGQ11LM').waitFor()
    await card.getByText('no room chosen').waitFor()
    await assertAccessible(tab, 'devices of others')
    await card.getByRole('link', { name: 'larder' }).click()
    await tab.getByText('No room was chosen: it has a room of its own. Choose one below.').waitFor()
    await tab.getByText('The monitor follows it by the list of Zigbee2MQTT, and never sends it anything.').waitFor()
    await assertAccessible(tab, 'a device of others')
    await tab.getByRole('button', { name: 'kitchen' }).click()
    await tab.getByText('Its room is kitchen.').waitFor()
    await say('zigbee2mqtt/larder', { temperature: 9.7, battery: 12 })
    await eventually(() => house.rows("SELECT 1 FROM readings WHERE room = 'kitchen' AND value = 9.7").length === 1)
  })

  it('list an announced value that is not understood, with its template', async (t) => {
    const tab = await open(t, house.url, { hash: '#/devices', preferences: celsius })
    await tab.getByText('1 announced value is not understood').click()
    await tab.getByText('{{ states("sensor.pressure") }}').waitFor()
    await assertAccessible(tab, 'not understood')
  })

  it('store nothing while a person ignores them, and go on afterwards', async (t) => {
    const tab = await open(t, house.url, { hash: `#/devices/zigbee2mqtt_${zigbee.ieee_address}`, preferences: celsius, locale: 'zh-TW' })
    await tab.getByRole('button', { name: '忽略這個裝置' }).click()
    const again = tab.getByRole('button', { name: '恢復跟隨' })
    await again.waitFor()
    await say('zigbee2mqtt/larder', { temperature: 8.1, battery: 12 })
    await again.click()
    await tab.getByRole('button', { name: '忽略這個裝置' }).waitFor()
    await say('zigbee2mqtt/larder', { temperature: 8.3, battery: 12 })
    const rows = (value: number) => house.rows(`SELECT 1 FROM readings WHERE value = ${value}`).length
    await eventually(() => rows(8.3) === 1)
    assert.equal(rows(8.1), 0)
  })

  it('show the gateway through which they are heard', async (t) => {
    const tab = await open(t, house.url, { hash: `#/devices/zigbee2mqtt_${zigbee.ieee_address}`, preferences: celsius })
    await tab.getByRole('link', { name: 'zigbee2mqtt_bridge_zigbee2mqtt' }).click()
    await tab.getByText('Other devices are heard through it.').waitFor()
    await say('zigbee2mqtt/bridge/state', { state: 'offline' }, true)
    await becomes(() => tab.locator('.device-title').getByText('offline').count(), 1)
  })
})
