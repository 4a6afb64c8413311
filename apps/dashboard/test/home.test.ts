import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Page as Tab } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

describe('The home view', need('chromium'), () => {
  const open = useBrowser()
  const room = (tab: Tab, name: string) => tab.getByRole('listitem').filter({ has: tab.getByRole('heading', { name, exact: true }) })

  async function house(t: TestContext, settings: Parameters<typeof startPage>[0] = {}): Promise<Page> {
    const page = await startPage(settings, { now: Date.now })
    page.clock.now = Date.now()
    t.after(() => page.close())
    return page
  }
  function read(page: Page, name: string, quantity: string, value: number, device: string | null = null): void {
    const data = { value, time: Date.now(), device }
    page.liveState.show(name, quantity, data)
    page.liveState.emit({ type: 'reading', data: { room: name, quantity, ...data } })
  }

  it('a new value appears without a new request', async (t) => {
    const page = await house(t)
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online' })
    page.liveState.show('kitchen', 'temperature', { value: 21.5, time: Date.now(), device: 'pi-1' })
    page.liveState.show('客廳', 'temperature', { value: 19, time: Date.now() - 3_600_000, device: null })
    const tab = await open(t, page.url)
    await room(tab, 'kitchen').getByText('21.5°C').waitFor()
    await room(tab, 'kitchen').getByText('online').waitFor()
    await room(tab, '客廳')
      .getByText(/1 hr\.? ago/)
      .waitFor()
    await room(tab, '客廳').getByText('out of date').waitFor()
    await tab.getByText('Live').waitFor()
    await tab.evaluate(() => document.body.setAttribute('data-same', 'yes'))

    read(page, 'kitchen', 'temperature', 22.25, 'pi-1')
    await room(tab, 'kitchen').getByText('22.3°C').waitFor()
    read(page, 'attic', 'humidity', 55)
    await room(tab, 'attic').getByText('55%').waitFor()
    await becomes(() => tab.getAttribute('body', 'data-same'), 'yes')
  })

  it('the first steps are offered until they are hidden, with the template of the freezer’s rule; no channel is a warning', async (t) => {
    const page = await house(t)
    page.liveState.show('garage', 'temperature', { value: -18, time: Date.now(), device: null })
    page.addReadings('garage', [[Date.now(), -18]], null)
    const tab = await open(t, page.url)
    await tab.getByText('Nobody is told of alerts').waitFor()
    const list = tab.getByRole('region', { name: 'First steps' })
    await list.getByText('garage: nobody is told when it thaws.').waitFor()
    await list.getByRole('button', { name: 'I have one' }).click()
    await list.getByText('2 of 5 done').waitFor()
    await assertAccessible(tab, 'first steps')
    await list.getByRole('link', { name: 'Make the rule' }).click()
    await tab.getByText('garage').first().waitFor()
    await becomes(() => tab.getByLabel('Name').first().inputValue(), 'Freezer')
    await tab.goBack()
    await list.getByRole('button', { name: 'Hide' }).click()
    await list.waitFor({ state: 'detached' })
    await tab.goto(`${page.url}#/alerts`)
    await tab.getByText('Nobody is told of alerts').waitFor()
    await tab.getByRole('link', { name: 'Add a channel' }).click()
    await tab.getByRole('dialog').waitFor()
  })

  it('a tile shows the trend and the last hours with their gaps', async (t) => {
    const page = await house(t)
    const now = Date.now()
    const times = Array.from({ length: 300 }, (_, i) => now - (300 - i) * minute).filter(
      (time) => time < now - 200 * minute || time > now - 150 * minute,
    )
    page.addReadings(
      'kitchen',
      times.map((time) => [time, 20 + (time - now) / (60 * minute)] as const),
    )
    page.liveState.show('kitchen', 'temperature', { value: 20, time: now, device: 'pi-1' })
    const tab = await open(t, page.url)
    await room(tab, 'kitchen').getByText('rising').waitFor()
    const line = (await room(tab, 'kitchen').locator('.sparkline-line').getAttribute('d')) ?? ''
    assert.equal(line.match(/M/g)?.length, 2)
    const midnight = new Date(now).setHours(0, 0, 0, 0)
    // Midnight may lie in the gap.
    const lowest = times.find((time) => time >= midnight) ?? 0
    const shown = room(tab, 'kitchen').locator('.today-range time').first()
    const time = new Date((await shown.getAttribute('datetime')) ?? 0).getTime()
    // A long day is read in steps of ten minutes.
    assert.ok(Math.abs(time - lowest) <= 10 * minute, new Date(time).toISOString())
    assert.match(await room(tab, 'kitchen').locator('.today-range').innerText(), /↓.* 1\d\.\d\s°C \d\d:\d\d/s)
  })

  it('a firing alert is shown, announced and acknowledged', async (t) => {
    const page = await house(t)
    page.liveState.show('kitchen', 'temperature', { value: 31.5, time: Date.now(), device: 'pi-1' })
    const tab = await open(t, page.url)
    await tab.getByText('Live').waitFor()
    await becomes(() => tab.getByRole('button', { name: 'Acknowledge' }).count(), 0)
    const alert = page.addAlert({})
    page.liveState.emit({ type: 'alert', data: alert })
    const shown = tab.getByRole('listitem').filter({ has: tab.getByRole('button', { name: 'Acknowledge' }) })
    await shown.getByText(/kitchen.*31\.5/).waitFor()
    await tab.waitForFunction(() => document.title === '(1) Hearthwatch')
    await tab
      .getByRole('status')
      .filter({ hasText: /kitchen.*31\.5/ })
      .waitFor({ state: 'attached' })
    await room(tab, 'kitchen').getByText('Critical').waitFor()
    await shown.getByRole('button').click()
    await tab.getByText('Acknowledged', { exact: true }).waitFor()
    assert.notEqual(page.store.alerts.list({})[0]?.acknowledged, null)
  })

  it('a storm is one notice with its counts, is acknowledged by one press, and a tile silences its room until tomorrow', async (t) => {
    const page = await house(t)
    page.liveState.show('kitchen', 'temperature', { value: 31.5, time: Date.now(), device: 'pi-1' })
    page.addAlert({ room: 'kitchen' })
    for (let n = 0; n < 30; n++) page.addAlert({ room: `room-${n}`, severity: 'warning' })
    for (let n = 0; n < 13; n++) page.liveState.show(`a-${n}`, 'temperature', { value: 20, time: Date.now(), device: null })
    const tab = await open(t, page.url)
    // From 13 rooms on they can be searched and sorted.
    await tab.getByRole('button', { name: 'Trouble first' }).click()
    await tab.locator('.rooms > li').first().getByRole('heading', { name: 'kitchen' }).waitFor()
    await tab.getByLabel('Find a room').fill('KIT')
    await tab.locator('.rooms > li').nth(1).waitFor({ state: 'detached' })
    const notice = tab.locator('.alert-storm')
    await notice.getByText('1 critical, 30 warnings').waitFor()
    await notice.getByText(/^kitchen: /).waitFor()
    await becomes(() => notice.getByRole('listitem').count(), 4)
    await assertAccessible(tab, 'storm')
    await notice.getByRole('button', { name: 'Acknowledge all' }).click()
    await notice.getByText('Acknowledged', { exact: true }).waitFor()
    assert.ok(page.store.alerts.list({}).every(({ acknowledged }) => acknowledged !== null))

    await room(tab, 'kitchen').getByRole('button', { name: 'Silence alerts of kitchen' }).click()
    await tab.getByRole('button', { name: 'until tomorrow, 8:00' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await room(tab, 'kitchen')
      .getByRole('button', { name: /^Silenced until .*08:00/ })
      .waitFor()
    const [silence] = page.store.silences.active(Date.now())
    assert.deepEqual([silence?.room, silence?.rule], ['kitchen', null])
  })

  it('a room name with markup is shown as text', async (t) => {
    const page = await house(t)
    const name = '<img src=x onerror=alert(1)>'
    page.liveState.show(name, 'temperature', { value: 1, time: Date.now(), device: null })
    page.addReadings(name, [[Date.now() - 1000, 1]])
    page.addAlert({ room: name, rule: 'message', condition: 'message', text: '<script>alert(2)</script><b>bold</b>' })
    const tab = await open(t, page.url)
    await tab.getByText('<b>bold</b>').first().waitFor()
    await tab.getByRole('link', { name, exact: true }).click()
    await tab.getByRole('heading', { name, exact: true }).waitFor()
    await becomes(() => tab.locator('main img, main script, main b').count(), 0)
  })

  it('errors of the monitor are shown, and first steps while no sensor has reported', async (t) => {
    const page = await house(t)
    page.health.mqtt = 'connection refused'
    const tab = await open(t, page.url)
    await tab.getByText('The monitor has no connection to the broker: connection refused').waitFor()
    await tab.getByRole('link', { name: 'Add a sensor' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Add a sensor' })
    await dialog.getByLabel('Room').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(new URL(tab.url()).hash, '#/devices')
  })

  it('the home view fits a phone, whatever the room names', async (t) => {
    const page = await house(t, { UI_LANGUAGE: 'zh-TW' })
    for (const name of ['客廳', 'x'.repeat(64), 'long name '.repeat(6).trim()]) {
      page.liveState.show(name, 'temperature', { value: -18.25, time: Date.now(), device: null })
      page.liveState.show(name, `a_${'long_'.repeat(5)}name`, { value: 1e300, time: Date.now(), device: null })
    }
    page.addAlert({ room: 'y'.repeat(64), rule: 'message', condition: 'message', text: 'z'.repeat(500) })
    const tab = await open(t, page.url, { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true })
    await tab.getByRole('heading', { name: '客廳' }).waitFor()
    await becomes(() => tab.evaluate(() => document.documentElement.scrollWidth), 320)
    await tab.getByRole('button', { name: '更多' }).tap()
    await tab.getByRole('link', { name: '設定' }).tap()
    await tab.getByRole('heading', { name: '設定' }).waitFor()
    await becomes(() => tab.evaluate(() => document.documentElement.scrollWidth), 320)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`the home view is accessible (${colorScheme})`, async (t) => {
      const page = await house(t)
      page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online' })
      page.addDevice({ id: 'pi-2', room: 'attic', status: 'offline' })
      page.liveState.show('kitchen', 'temperature', { value: 31.5, time: Date.now(), device: 'pi-1' })
      page.liveState.show('kitchen', 'humidity', { value: 50, time: Date.now() - 3_600_000, device: 'pi-1' })
      page.liveState.show('attic', 'temperature', { value: 21.5, time: Date.now() - 3_600_000, device: 'pi-2' })
      for (const severity of ['critical', 'warning', 'info'] as const)
        page.addAlert({ severity, room: severity === 'info' ? 'attic' : 'kitchen' })
      const tab = await open(t, page.url, { colorScheme })
      await room(tab, 'attic').waitFor()
      await tab.getByText('Live').waitFor()
      await assertAccessible(tab, 'home')
      await tab.goto(`${page.url}/#/settings`)
      await tab.getByRole('heading', { name: 'Settings' }).waitFor()
      await assertAccessible(tab, 'settings')
    })
  }
})
