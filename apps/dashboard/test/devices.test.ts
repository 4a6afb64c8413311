import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { DeviceConfig } from '@hearthwatch/api/devices'
import { silent } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Page as Tab } from 'playwright-core'
import { type Sensor, startSensor } from '../../sensor/agent.ts'
import { readConfig } from '../../sensor/config.ts'
import { assertAccessible } from './axe.ts'
import { becomes, focusOn, useBrowser } from './browser.ts'

describe('A real sensor on the page', need('chromium'), () => {
  const open = useBrowser()
  const celsius = { degrees: 'C' }
  let folder: string
  let house: TestMonitor
  let sensor: Sensor
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outbox-'))
    house = await startTestMonitor()
    const own = { SENSOR_ID: 'sensor', ROOM: 'bath', PROBE: 'simulated', READ_INTERVAL: '0.5', BATCH_INTERVAL: '1', OUTBOX_DIR: folder }
    const login = { MQTT_URL: `mqtt://127.0.0.1:${house.brokerPort}`, MQTT_USERNAME: 'sensor', MQTT_PASSWORD: 'let me in' }
    sensor = await startSensor(readConfig({ ...own, ...login, SYSFS_ROOT: folder }, []), silent)
  })
  after(async () => {
    await sensor.close()
    await house.close()
    rmSync(folder, { recursive: true })
  })
  const config = () => house.get<DeviceConfig>('/api/devices/sensor/config')

  async function show(t: Parameters<typeof open>[0]): Promise<Tab> {
    const tab = await open(t, house.url, { hash: '#/devices', preferences: celsius })
    await tab.getByRole('link', { name: 'sensor' }).click()
    await tab.getByRole('heading', { name: 'sensor', level: 1 }).waitFor()
    return tab
  }

  it('the sensor is listed with its state and its probes', async (t) => {
    const tab = await show(t)
    await tab.locator('.device-title').getByText('online').waitFor()
    await tab.getByRole('meter', { name: 'Memory' }).waitFor()
    await tab.getByRole('row', { name: /Temperature .*°C .*home\/bath\/temperature/ }).waitFor()
    await tab.getByText('Stored up to number').waitFor()
    await assertAccessible(tab, 'device')
  })

  it('the sensor gets settings and a calibration, confirms them and reports those in force', async (t) => {
    const tab = await show(t)
    await tab.getByText('in force: 0.5').waitFor()
    await tab.getByLabel('Seconds between heartbeats').fill('45')
    await tab.getByLabel('Calibration of Temperature').fill('1.5')
    await tab.getByRole('button', { name: 'Send the settings' }).click()
    await tab.getByText('The sensor has applied them.').waitFor()
    await tab.getByText('in force: 45').waitFor()
    const { wanted } = await config()
    assert.deepEqual([wanted?.HEARTBEAT_INTERVAL, wanted?.offsets], [45, { temperature: 1.5 }])
    await becomes(() => tab.getByLabel('Seconds between heartbeats').inputValue(), '45')
  })

  it("an emptied field restores the setting of the sensor's own file", async (t) => {
    const tab = await show(t)
    await tab.getByText('in force: 45').waitFor()
    await tab.getByLabel('Seconds between heartbeats').fill('')
    await tab.getByRole('button', { name: 'Send the settings' }).click()
    // Another field is 30, too, so the answer of the sensor cannot be told by its text.
    await tab.getByText('in force: 45').waitFor({ state: 'detached' })
    assert.equal((await config()).wanted?.HEARTBEAT_INTERVAL, undefined)
  })

  it('impossible settings are not sent, their fields are marked, and bounds are in °F', async (t) => {
    const tab = await open(t, house.url, { hash: '#/devices/sensor', preferences: { degrees: 'F' } })
    const before = (await config()).wanted
    await tab.getByLabel('Warn below (°F)').fill('-1000')
    await tab.getByRole('button', { name: 'Send the settings' }).click()
    await tab.getByText('At least -148.0 °F').waitFor()
    await becomes(() => tab.locator('[aria-invalid=true]').count(), 1)
    await tab.getByLabel('Warn above (°F)').fill('40')
    await tab.getByLabel('Warn below (°F)').fill('50')
    await tab.getByRole('button', { name: 'Send the settings' }).click()
    await tab.getByText('The lower limit must be below the upper limit.').first().waitFor()
    await tab.getByRole('alert').getByText('The settings were not sent').waitFor()
    await becomes(() => tab.locator('[aria-invalid=true]').count(), 2)
    assert.deepEqual((await config()).wanted, before)
  })

  it('settings that the sensor refuses are shown with its reason', async (t) => {
    const tab = await show(t)
    await tab.getByLabel('Warn below (°C)').fill('35')
    await tab.getByRole('button', { name: 'Send the settings' }).click()
    await tab.getByText(/The sensor refuses them: ALERT_BELOW must be less than ALERT_ABOVE/).waitFor()
  })

  it('commands show their results and errors', async (t) => {
    const tab = await show(t)
    const given = tab.getByRole('list', { name: 'Sent commands' })
    await tab.getByRole('button', { name: 'Measure now' }).press('Enter')
    await given.getByText(/Measure now .* done/).waitFor()
    await focusOn(tab, 'Measure now')
    await tab.getByRole('button', { name: 'Restart' }).click()
    await given.getByText(/Restart .* failed: no supervisor would restart the sensor/).waitFor()
  })

  it('a command to an offline sensor is refused in the language of the page', async (t) => {
    const tab = await open(t, house.url, { hash: '#/devices/sensor', locale: 'zh-TW' })
    await tab.route('**/commands', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 409, json: { error: 'sensor is offline.' } }) : route.continue(),
    )
    await tab.getByRole('button', { name: '識別' }).click()
    await tab.getByRole('alert').getByText('裝置離線：指令不會保留到之後。').waitFor()
  })

  it('an offline sensor is forgotten after its name is typed, and its readings stay', async (t) => {
    const tab = await show(t)
    const forget = tab.getByRole('region', { name: 'Forget this device' }).getByRole('button')
    await becomes(() => forget.isDisabled(), true)
    await sensor.close()
    await tab.locator('.device-title').getByText('offline').waitFor()
    await becomes(() => tab.getByRole('button', { name: 'Measure now' }).isDisabled(), true)
    await forget.click()
    const dialog = tab.getByRole('dialog')
    await dialog.waitFor()
    await tab.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await focusOn(tab, 'Forget this device')
    await tab.keyboard.press('Enter')
    const sure = dialog.getByRole('button', { name: 'Forget this device' })
    await becomes(() => sure.isDisabled(), true)
    await dialog.getByLabel('Type sensor to be sure').fill('sensor')
    await assertAccessible(tab, 'forget')
    await sure.click()
    await dialog.waitFor({ state: 'detached' })
    await tab.getByText('No device has reported yet.').waitFor()
    assert.match(tab.url(), /#\/devices$/)
    await becomes(() => house.get<unknown[]>('/api/devices'), [])
    await eventually(() => house.rows("SELECT 1 FROM readings WHERE room = 'bath'").length > 0)
  })
})

describe('Other devices on the page', need('chromium'), () => {
  const open = useBrowser()

  it('a device with two probes of a kind and one in another room is shown', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    const readings = [
      { key: 'temperature', topic: 'home/kitchen/temperature', unit: '°C', probe: '28-03' },
      { key: 'temperature_2', topic: 'home/kitchen/temperature_2', unit: '°C', probe: '28-04' },
      { key: 'fridge/temperature', topic: 'home/fridge/temperature', unit: '°C', probe: '<b>28-05' },
    ]
    const info = { id: 'pi-1', room: 'kitchen', readings }
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online', seen: Date.now(), info, heartbeat: { rejected: { '28-04': 1234 } } })
    page.liveState.show('kitchen', 'temperature_2', { value: 4.5, time: Date.now(), device: 'pi-1' })
    const tab = await open(t, page.url, { hash: '#/devices/pi-1', preferences: { degrees: 'C' } })
    await tab
      .getByRole('row', { name: /^Temperature 2 4\.5.°C 28-04 home\/kitchen\/temperature_2 readings rejected since its start: 1,234$/ })
      .waitFor()
    await tab.getByRole('row', { name: /^fridge · Temperature .*<b>28-05/ }).waitFor()
    await tab.getByLabel('Calibration of Temperature 2').waitFor()
    await tab.getByLabel('Calibration of fridge · Temperature').waitFor()
    await becomes(() => tab.getByLabel('Calibration of').count(), 3)
  })

  it('a room that is not confirmed and the conflicts of a device are shown, and a person decides', async (t) => {
    const given: string[] = []
    let isConfirmed = false
    const about = { room: null, device: null, count: null, message: '' }
    const page = await startPage(
      {},
      {
        now: Date.now,
        isConfirmed: () => isConfirmed,
        problemsOf: () => [
          { ...about, problem: 'topic-of-another', topic: 'home/kitchen/<b>', device: 'pi-2' },
          { ...about, problem: 'rows-aside', topic: 'home/fridge/temperature', count: 12 },
        ],
        giveRoom(_, room) {
          given.push(room)
          isConfirmed = true
        },
      },
    )
    t.after(() => page.close())
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online', seen: Date.now() })
    const tab = await open(t, page.url, { hash: '#/devices' })
    await tab.getByText('(not confirmed)').waitFor()
    await tab.getByText('2 conflicts').waitFor()
    await tab.getByRole('link', { name: 'pi-1' }).click()
    await tab.getByText('It claims home/kitchen/<b>, which pi-2 has.').waitFor()
    await tab.getByText('12 values for home/fridge/temperature are not stored.').waitFor()
    await assertAccessible(tab, 'conflicts')
    await tab.getByRole('button', { name: 'Confirm this room' }).click()
    await tab.getByText('Setup or a person has given it this room.').waitFor()
    await tab.getByLabel('Another room').fill(' attic ')
    await tab.getByRole('button', { name: 'Give it this room' }).click()
    await tab.locator('#toast, [role=status]').getByText('The room is attic.').first().waitFor()
    assert.deepEqual(given, ['kitchen', 'attic'])
  })

  it('devices without an id are listed, and an empty list says so', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    const tab = await open(t, page.url, { hash: '#/devices' })
    await tab.getByText('No device has reported yet.').waitFor()
    page.addDevice({ id: null, room: '<img src=x onerror=alert(1)>', status: 'offline', seen: Date.now() })
    page.liveState.emit({ type: 'status', data: { room: 'kitchen', device: null, status: 'offline' } })
    await tab.getByRole('heading', { name: 'Nameless sensor' }).waitFor()
    await tab.getByText('<img src=x onerror=alert(1)>').waitFor()
    await becomes(() => tab.locator('main img').count(), 0)
  })
})
