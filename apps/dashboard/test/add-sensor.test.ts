import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

describe('“Add a sensor” on the page', need('chromium'), () => {
  const open = useBrowser()
  let house: TestMonitor
  before(async () => {
    house = await startTestMonitor()
  })
  after(() => house.close())

  it('shows the configuration with a fresh password, what is wrong, and then the first reading', async (t) => {
    const tab = await open(t, house.url, { hash: '#/devices', preferences: { degrees: 'C' } })
    await tab.getByRole('button', { name: 'Add a sensor' }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByText('Name the room.').waitFor()
    await dialog.getByLabel('Room').fill('廚房')
    await dialog.getByLabel('Kind').selectOption('Device with Tasmota')
    await dialog.getByLabel('Name of the sensor').fill('guest')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByText('This is already in use.').waitFor()
    await dialog.getByLabel('Name of the sensor').fill('')
    await dialog.getByRole('button', { name: 'Next' }).click()

    const commands = await dialog.locator('pre').innerText()
    const [, user = '', password = ''] = /MqttUser (\S+); MqttPassword (\S+);/.exec(commands) ?? []
    assert.match(commands, /Publish2 home\/廚房\/temperature %value%/)
    await dialog.getByText('The sensor has not connected yet.').waitFor()
    await dialog.getByRole('button', { name: 'Show a QR code' }).click()
    await dialog.getByRole('img', { name: 'QR code' }).waitFor()
    await assertAccessible(tab, 'add a sensor')
    await tab.setViewportSize({ width: 320, height: 740 })
    await becomes(() => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
    await becomes(() => dialog.evaluate((element) => element.scrollWidth - element.clientWidth), 0)
    await tab.mouse.click(5, 5)

    await assert.rejects(house.client({ username: user, password: 'guessed' }))
    await dialog.getByText('A login from 127.0.0.1 was refused: its password is wrong.').waitFor()
    const client = await house.client({ username: user, password })
    await client.publishAsync('home/kitchen/temperature', '1', { qos: 1 })
    await dialog.getByText('It may not publish on home/kitchen/temperature, only in 廚房.').waitFor()
    await client.publishAsync('home/廚房/temperature', '21.4', { qos: 1, retain: true })
    await dialog.getByText('21.4 °C').waitFor()
    await dialog.getByRole('link', { name: 'Show the room' }).click()
    await tab.getByRole('heading', { name: '廚房', level: 1 }).waitFor()
  })

  it('shows the block of Zigbee2MQTT without asking for a room, and says when it is connected', async (t) => {
    const tab = await open(t, house.url, { hash: '#/devices' })
    await tab.getByRole('button', { name: 'Add a sensor' }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByLabel('Kind').selectOption('Zigbee2MQTT')
    await becomes(() => dialog.getByLabel('Room').count(), 0)
    await dialog.getByRole('button', { name: 'Next' }).click()
    const block = await dialog.locator('pre').innerText()
    const [, user = '', password = ''] = /user: (\S+)\n {2}password: (\S+)/.exec(block) ?? []
    await dialog.getByText('It has not connected yet.').waitFor()
    await assertAccessible(tab, 'add Zigbee2MQTT')
    await assert.rejects(house.client({ username: user, password: 'guessed' }))
    await dialog.getByText('A login from 127.0.0.1 was refused: its password is wrong.').waitFor()
    await house.client({ username: user, password })
    await dialog.getByText('It is connected.').waitFor()
  })

  it('shows the command of setup if the broker is not the monitor’s own', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const tab = await open(t, page.url, { hash: '#/devices', locale: 'zh-TW' })
    await tab.getByRole('button', { name: '新增感測器' }).click()
    await tab.getByLabel('房間').fill("Ben's room")
    await tab.getByLabel('種類').selectOption('使用 ESPHome 的 ESP32')
    await tab.getByRole('button', { name: '下一步' }).click()
    await tab.getByText(`npm run setup -- sensor add 'Ben'\\''s room'`).waitFor()
    await tab.getByText('等待第一則訊息').waitFor()
    const value = { value: 21.4, time: page.clock.now, device: 'bens-room' }
    page.liveState.emit({ type: 'reading', data: { room: 'kitchen', quantity: 'temperature', ...value } })
    page.liveState.emit({ type: 'reading', data: { room: "Ben's room", quantity: 'humidity', ...value, value: 43 } })
    await tab.getByRole('status').getByText('43').waitFor()
  })

  it('names the command for Zigbee2MQTT if the broker is not the monitor’s own', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const tab = await open(t, page.url, { hash: '#/devices' })
    await tab.getByRole('button', { name: 'Add a sensor' }).click()
    await tab.getByLabel('Kind').selectOption('Zigbee2MQTT')
    await tab.getByRole('button', { name: 'Next' }).click()
    await tab.getByText('npm run setup -- device add zigbee2mqtt --kind zigbee2mqtt').waitFor()
  })
})
