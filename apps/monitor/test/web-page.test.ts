import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { type Browser, type BrowserContextOptions, chromium, type Page as Tab } from 'playwright-core'
import { find, need } from '../../../test/need.ts'
import { type Page, startPage } from './web-server.ts'

// Quiet on the network and at home in a container.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function pathOf(command: string): string {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, command))
  return found.find(existsSync) ?? command
}

describe('The page in a browser', need('chromium'), () => {
  let browser: Browser
  before(async () => {
    browser = await chromium.launch({ executablePath: pathOf(find('chromium') ?? ''), args })
  })
  after(() => browser.close())

  /** The page in a tab of its own; what goes wrong in it fails the test, and so does asking anybody else for anything. */
  async function open(t: TestContext, page: Page, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await browser.newContext({ locale: 'en-US', ...options })
    const tab = await context.newPage()
    const wrong: string[] = []
    tab.on('pageerror', (error) => wrong.push(error.message))
    tab.on('dialog', (dialog) => wrong.push(`dialog ${dialog.message()}`))
    tab.on('console', (message) => {
      if (/Content Security Policy|Refused/.test(message.text())) wrong.push(message.text())
    })
    tab.on('request', (request) => {
      if (!request.url().startsWith(page.url)) wrong.push(request.url())
    })
    t.after(async () => {
      await context.close()
      await page.close()
      assert.deepEqual(wrong, [])
    })
    await tab.goto(page.url)
    return tab
  }
  const room = (tab: Tab, name: string) => tab.getByRole('listitem').filter({ has: tab.getByRole('heading', { name, exact: true }) })

  it('shows each room, and a new value as it comes, without loading anything again', async (t) => {
    const page = await startPage({}, { now: Date.now })
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online' })
    page.board.show('kitchen', 'temperature', { value: 21.5, time: Date.now(), device: 'pi-1' })
    page.board.show('客廳', 'temperature', { value: 19, time: Date.now() - 3_600_000, device: null })
    const tab = await open(t, page)
    await room(tab, 'kitchen').getByText('21.5°C').waitFor()
    await room(tab, 'kitchen').getByText('online').waitFor()
    await room(tab, '客廳').getByText('1 hr. ago').waitFor()
    await tab.getByText('Live').waitFor()
    await tab.evaluate(() => document.body.setAttribute('data-same', 'yes'))

    page.board.show('kitchen', 'temperature', { value: 22.25, time: Date.now(), device: 'pi-1' })
    page.board.tell({ type: 'reading', data: { room: 'kitchen', quantity: 'temperature', value: 22.25, time: Date.now(), device: 'pi-1' } })
    await room(tab, 'kitchen').getByText('22.3°C').waitFor()

    page.board.show('attic', 'humidity', { value: 55, time: Date.now(), device: null })
    page.board.tell({ type: 'reading', data: { room: 'attic', quantity: 'humidity', value: 55, time: Date.now(), device: null } })
    await room(tab, 'attic').getByText('55%').waitFor()
    assert.equal(await tab.getAttribute('body', 'data-same'), 'yes')
  })

  it('shows an alert when it fires, and takes note of who has seen it', async (t) => {
    const page = await startPage({}, { now: Date.now })
    page.clock.now = Date.now()
    page.board.show('kitchen', 'temperature', { value: 31.5, time: Date.now(), device: 'pi-1' })
    const tab = await open(t, page)
    await tab.getByText('Live').waitFor()
    assert.equal(await tab.getByRole('heading', { name: 'Alerts' }).isVisible(), false)
    const alert = page.addAlert({})
    page.board.tell({ type: 'alert', data: alert })
    const shown = tab.locator('#alert-list').getByRole('listitem')
    await shown.getByText(/kitchen.*31\.5/).waitFor()
    await tab.waitForFunction(() => document.title === '(1) Hearthwatch')
    await room(tab, 'kitchen').getByText('Alert').waitFor()
    await shown.getByRole('button').click()
    await shown.getByText('Seen').waitFor()
    assert.notEqual(page.store.alerts.list({})[0]?.acknowledged, null)
  })

  it('shows a name that is markup as the text that it is', async (t) => {
    const page = await startPage({}, { now: Date.now })
    const name = '<img src=x onerror=alert(1)>'
    page.board.show(name, 'temperature', { value: 1, time: Date.now(), device: null })
    page.addAlert({ room: name, rule: 'message', text: '<script>alert(2)</script><b>bold</b>' })
    const tab = await open(t, page)
    await tab.getByRole('heading', { name, exact: true }).waitFor()
    await tab.locator('#alert-list').getByText('<b>bold</b>').waitFor()
    assert.equal(await tab.locator('main img, main script, main b').count(), 0)
  })

  it('asks for the password, says when it is wrong, and lets out again', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: 'open sesame' }, { now: Date.now })
    page.board.show('kitchen', 'temperature', { value: 21.5, time: Date.now(), device: null })
    const tab = await open(t, page)
    await tab.getByLabel('Password').fill('wrong')
    await tab.keyboard.press('Enter')
    await tab.getByRole('alert').getByText('That is not the password.').waitFor()
    assert.equal(await tab.getByRole('heading', { name: 'kitchen' }).count(), 0)
    await tab.getByLabel('Password').fill('open sesame')
    await tab.getByRole('button', { name: 'Log in' }).click()
    await tab.getByRole('heading', { name: 'kitchen' }).waitFor()
    assert.equal(await tab.evaluate(() => document.cookie), '')
    await tab.getByRole('button', { name: 'Log out' }).click()
    await tab.getByLabel('Password').waitFor()
    assert.equal(await tab.getByRole('heading', { name: 'kitchen' }).count(), 0)
  })

  it('says that nobody can log in where there is only a token', async (t) => {
    const tab = await open(t, await startPage({ API_TOKEN: 'x' }))
    await tab.getByText('DASHBOARD_PASSWORD').waitFor()
    assert.equal(await tab.getByLabel('Password').isVisible(), false)
  })

  it('speaks Chinese where the house or the browser does, and remembers what the person chose', async (t) => {
    const house = await startPage({ UI_LANGUAGE: 'zh-TW' })
    const tab = await open(t, house)
    await tab.getByRole('heading', { name: '房間' }).waitFor()
    assert.equal(await tab.getAttribute('html', 'lang'), 'zh-TW')
    await tab.getByRole('button', { name: 'English' }).click()
    await tab.getByRole('heading', { name: 'Rooms' }).waitFor()
    await tab.reload()
    await tab.getByRole('heading', { name: 'Rooms' }).waitFor()
    await tab.getByRole('button', { name: '中文' }).click()
    await tab.getByRole('heading', { name: '房間' }).waitFor()

    const other = await open(t, await startPage({ UI_LANGUAGE: 'en' }), { locale: 'zh-TW' })
    await other.getByRole('heading', { name: '房間' }).waitFor()
  })

  it('says what is wrong with the monitor, and how to begin where no sensor was heard yet', async (t) => {
    const page = await startPage()
    page.health.mqtt = 'connection refused'
    const tab = await open(t, page)
    await tab.getByText('The monitor does not reach the broker: connection refused').waitFor()
    await tab.getByText('mosquitto_pub -t home/kitchen/temperature -m 25.5').waitFor()
  })

  it('fits a phone', async (t) => {
    const page = await startPage({ UI_LANGUAGE: 'zh-TW' }, { now: Date.now })
    for (const name of ['客廳', 'x'.repeat(64), 'long name '.repeat(6).trim()]) {
      page.board.show(name, 'temperature', { value: -18.25, time: Date.now(), device: null })
      page.board.show(name, `a_${'long_'.repeat(5)}name`, { value: 1e300, time: Date.now(), device: null })
    }
    page.addAlert({ room: 'y'.repeat(64), rule: 'message', text: 'z'.repeat(500) })
    const tab = await open(t, page, { viewport: { width: 320, height: 640 } })
    await tab.getByRole('heading', { name: '客廳' }).waitFor()
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), 320)
  })
})
