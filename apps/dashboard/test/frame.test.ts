import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { startPage } from '@hearthwatch/testhouse/page-server'
import type { Page as Tab } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { useBrowser } from './browser.ts'

describe('Login, navigation and banner of the page', need('chromium'), () => {
  const open = useBrowser()
  const heading = (tab: Tab, name: string) => tab.getByRole('heading', { name, exact: true })

  it('the page logs in, refuses a wrong password, and logs out', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: 'open sesame', READER_PASSWORD: 'for the family' }, { now: Date.now })
    t.after(() => page.close())
    page.liveState.show('kitchen', 'temperature', { value: 21.5, time: Date.now(), device: null })
    const tab = await open(t, page.url)
    await tab.getByRole('button', { name: '中文' }).click()
    await tab.getByLabel('密碼').waitFor()
    await tab.getByRole('button', { name: 'English' }).click()
    await tab.getByLabel('Password').fill('wrong')
    await assertAccessible(tab, 'login')
    await tab.keyboard.press('Enter')
    await tab.getByRole('alert').getByText('Wrong password.').waitFor()
    assert.equal(await heading(tab, 'kitchen').count(), 0)
    await tab.getByLabel('Password').fill('open sesame')
    await tab.getByRole('button', { name: 'Log in' }).click()
    await heading(tab, 'kitchen').waitFor()
    assert.equal(await tab.evaluate(() => document.cookie), '')
    await tab.getByRole('link', { name: 'Settings' }).click()
    await tab.getByRole('button', { name: 'Log out' }).click()
    await tab.getByLabel('Password').waitFor()
    assert.equal(await tab.evaluate(() => localStorage.getItem('hearthwatch.rooms')), null)

    await tab.getByLabel('Password').fill('for the family')
    await tab.getByRole('button', { name: 'Log in' }).click()
    await tab.getByText('This login may only read').waitFor()
    await tab.goto(`${page.url}#/rules/too-hot`)
    await tab.getByRole('button', { name: 'Save' }).waitFor()
    assert.equal(await tab.getByRole('button', { name: 'Save' }).isDisabled(), true)
    await tab.getByRole('button', { name: 'Run the test' }).click()
    await tab.getByText('It would have raised no alert').first().waitFor()
  })

  it('the page shows the wait after too many wrong passwords', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: 'open sesame' }, { now: Date.now })
    t.after(() => page.close())
    for (let i = 0; i < 10; i += 1) await page.ask('/api/session', { method: 'POST', body: { password: 'guess' } })
    const tab = await open(t, page.url)
    await tab.getByLabel('Password').fill('open sesame')
    await tab.getByRole('button', { name: 'Log in' }).click()
    await tab
      .getByRole('alert')
      .getByText(/Too many wrong passwords\. Wait \d+ s\./)
      .waitFor()
  })

  it('the page says that no login is possible with a token only', async (t) => {
    const page = await startPage({ API_TOKEN: 'x' })
    t.after(() => page.close())
    const tab = await open(t, page.url)
    await tab.getByText('DASHBOARD_PASSWORD').waitFor()
    assert.equal(await tab.getByLabel('Password').isVisible(), false)
  })

  it("the page is in Chinese by UI_LANGUAGE or by the browser, and saves the user's choice", async (t) => {
    const house = await startPage({ UI_LANGUAGE: 'zh-TW' })
    const other = await startPage({ UI_LANGUAGE: 'en' })
    t.after(() => Promise.all([house.close(), other.close()]))
    const tab = await open(t, house.url, { hash: '#/settings' })
    await heading(tab, '設定').waitFor()
    assert.equal(await tab.getAttribute('html', 'lang'), 'zh-TW')
    await tab.getByRole('button', { name: 'English' }).click()
    await heading(tab, 'Settings').waitFor()
    await tab.reload()
    await heading(tab, 'Settings').waitFor()
    await tab.getByRole('button', { name: '中文' }).click()
    await heading(tab, '設定').waitFor()

    const browser = await open(t, other.url, { locale: 'zh-TW' })
    await heading(browser, '首頁').waitFor()
  })

  it('the page shows °F by country, and °C or °F by choice', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    page.liveState.show('kitchen', 'temperature', { value: 20, time: Date.now(), device: null })
    const tab = await open(t, page.url, { locale: 'en-US' })
    await tab.getByText('68.0°F').waitFor()
    const chosen = await open(t, page.url, { locale: 'en-US', preferences: { degrees: 'C' } })
    await chosen.getByText('20.0°C').waitFor()
  })

  it("the page is light or dark by the browser's setting or by choice", async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const ground = (tab: Tab) => tab.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const tab = await open(t, page.url, { hash: '#/settings' })
    await heading(tab, 'Settings').waitFor()
    const light = await ground(tab)
    await tab.emulateMedia({ colorScheme: 'dark' })
    const dark = await ground(tab)
    assert.notEqual(light, dark)
    await tab.getByRole('button', { name: 'Light' }).click()
    assert.equal(await ground(tab), light)
    await tab.emulateMedia({ colorScheme: 'light' })
    await tab.getByRole('button', { name: 'Dark' }).click()
    assert.equal(await ground(tab), dark)
  })

  it('the page is usable with the keyboard alone', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    page.liveState.show('kitchen', 'temperature', { value: 20, time: Date.now(), device: null })
    const tab = await open(t, page.url)
    await heading(tab, 'kitchen').waitFor()
    const focused = () => tab.evaluate(() => document.activeElement?.textContent?.trim())
    await tab.keyboard.press('Tab')
    assert.equal(await focused(), 'Skip to the content')
    await tab.keyboard.press('Enter')
    await tab.keyboard.press('Tab')
    assert.equal(await focused(), 'Arrange')
    await tab.keyboard.press('Tab')
    assert.equal(await focused(), 'kitchen')
    await tab.keyboard.press('Enter')
    await tab.getByRole('heading', { name: 'kitchen', level: 1 }).waitFor()
    await tab.keyboard.press('g')
    await tab.keyboard.press('s')
    await heading(tab, 'Settings').waitFor()
    assert.equal(await tab.locator('[aria-current=page]').innerText(), 'Settings')
  })

  it('the page reports a lost connection, and loads missed values when it is back', async (t) => {
    const house = await startTestMonitor()
    t.after(() => house.close())
    house.config.HTTP_PORT = Number(new URL(house.url).port)
    const before = await house.client()
    await before.publishAsync('home/kitchen/temperature', '20', { qos: 1 })
    const tab = await open(t, house.url)
    await tab.getByText('20.0°C').waitFor()
    before.end(true)

    const gone = tab.getByText('No connection to the monitor since')
    // A restart by hand: for a while the port is closed.
    const answered = gone.waitFor()
    await house.stop()
    await answered
    await tab.getByText('20.0°C').waitFor()
    await house.restart()
    const client = await house.client()
    await client.publishAsync('home/kitchen/temperature', '23.5', { qos: 1 })
    await tab.getByText('23.5°C').waitFor()
    await gone.waitFor({ state: 'detached' })
    await tab.getByText('Live').waitFor()
  })

  it('the page reloads itself after an upgrade of the monitor', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    const tab = await open(t, page.url)
    await tab.getByText('Live').waitFor()
    await tab.evaluate(() => document.body.setAttribute('data-same', 'yes'))
    await tab.context().setOffline(true)
    await tab.getByText('Connecting').waitFor()
    await tab.context().setOffline(false)
    await tab.getByText('Live').waitFor()
    assert.equal(await tab.getAttribute('body', 'data-same'), 'yes')

    await tab.route(`${page.url}/`, (route) =>
      route.request().isNavigationRequest()
        ? route.continue()
        : route.fulfill({ contentType: 'text/html', body: '<script type="module" src="./assets/newer.js"></script>' }),
    )
    await tab.context().setOffline(true)
    await tab.getByText('Connecting').waitFor()
    await Promise.all([tab.waitForEvent('load'), tab.context().setOffline(false)])
    await tab.getByText('Live').waitFor()
    assert.equal(await tab.getAttribute('body', 'data-same'), null)
  })
})
