import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Page as Tab } from 'playwright-core'
import { createPacketTrace } from '../../monitor/intake/packet-trace.ts'
import { assertAccessible } from './axe.ts'
import { useBrowser } from './browser.ts'

const markup = '<img src=x onerror=alert(1)>'
const script = '<script>alert(2)</script><b>bold</b>'

/** All focusable elements of the content in their order, each marked with its index. */
function markControls(): number {
  const all = document.querySelectorAll<HTMLElement>('main :is(a[href], button, input, select, textarea, summary, [tabindex="0"])')
  const usable = [...all].filter((element) => {
    const isFree =
      !element.matches(':disabled, [tabindex="-1"]') && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    // Tab reaches one radio button of a group; the arrow keys reach the others.
    return isFree && !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked)
  })
  for (const [i, element] of usable.entries()) element.dataset.control = String(i)
  return usable.length
}

/** Reaches every focusable element by Tab, and checks that its focus is visible. */
async function goThrough(tab: Tab): Promise<void> {
  await tab.locator('main').focus()
  const count = await tab.evaluate(markControls)
  const reached = new Set<string>()
  // Controls that appear only now, as with a chart that was loading, have no mark and take a step each.
  for (let i = 0; i < 2 * count + 20 && reached.size < count; i++) {
    await tab.keyboard.press('Tab')
    const focused = await tab.evaluate(() => {
      const element = document.activeElement as HTMLElement
      // A link can cover a whole tile, which then shows the focus.
      const styles = [undefined, '::before', '::after'].map((part) => getComputedStyle(element, part))
      const isSeen = styles.some(({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none')
      return { control: element.dataset.control ?? null, isSeen, html: element.outerHTML.slice(0, 120) }
    })
    if (focused.control === null) continue
    assert.ok(focused.isSeen, `nobody sees that ${focused.html} has the focus`)
    reached.add(focused.control)
  }
  const missed = await tab.evaluate(
    (found) =>
      [...document.querySelectorAll<HTMLElement>('[data-control]')]
        .filter(({ dataset }) => !found.includes(dataset.control ?? ''))
        .map((one) => one.outerHTML.slice(0, 120)),
    [...reached],
  )
  assert.deepEqual(missed, [])
}

async function fitsWidth(tab: Tab): Promise<void> {
  await tab.setViewportSize({ width: 360, height: 740 })
  // Charts follow the new width a moment later.
  await tab.waitForFunction(() => document.documentElement.scrollWidth === innerWidth)
}

async function fits(tab: Tab): Promise<void> {
  await fitsWidth(tab)
  await assertAccessible(tab, 'phone')
  await tab.emulateMedia({ colorScheme: 'dark' })
  await assertAccessible(tab, 'dark', 'color-contrast')
  await tab.emulateMedia({ colorScheme: 'light' })
}

describe('Every view', need('chromium'), () => {
  const open = useBrowser()
  let page: Page
  before(async () => {
    const wire = createPacketTrace(Date.now)
    page = await startPage({}, { packetTrace: wire, now: Date.now })
    const { now } = Object.assign(page.clock, { now: Date.now() })
    for (const room of ['kitchen', markup]) {
      page.addDevice({
        id: room === markup ? script : 'pi-1',
        room,
        status: 'online',
        seen: now - 1000,
        heartbeat: { cpu: 12.5, outbox: 3 },
      })
      for (const quantity of ['temperature', 'humidity'])
        page.addReadings(
          room,
          Array.from({ length: 200 }, (_, i) => [now - i * 60_000, 20 + Math.sin(i / 9)] as const),
          room === markup ? script : 'pi-1',
          quantity,
        )
      page.liveState.show(room, 'temperature', { value: 20, time: now, device: 'pi-1' })
      page.liveState.show(room, 'humidity', { value: 45, time: now, device: 'pi-1' })
    }
    page.addAlert({ room: 'kitchen', started: now - 60_000, fired: now - 60_000 })
    page.addAlert({
      room: markup,
      device: script,
      rule: 'message',
      condition: 'message',
      text: script,
      severity: 'warning',
      started: now,
      fired: now,
    })
    const alert = page.addAlert({
      room: markup,
      state: 'resolved',
      started: now - 9_000_000,
      fired: now - 9_000_000,
      resolved: now - 8_000_000,
    })
    const content = { kind: 'alert' as const, transition: 'firing' as const, alert, at: now }
    page.store.notifications.add({ event: 'a', channel: 'mail', recipient: 'a@example.com', severity: 'critical', content, created: now })
    const put = async (path: string, body: object, method = 'PUT') => {
      const { status, json } = await page.ask(path, { method, body })
      assert.ok(status < 300, `${path}: ${json?.error}`)
    }
    await put('/api/labels/kitchen', { name: script, icon: '<' })
    await put('/api/silences', { room: markup, until: now + 3_600_000, comment: script }, 'POST')
    await put('/api/rules/damp', { condition: 'above', quantity: 'humidity', limit: 70, rooms: markup, message: { en: script } })
  })
  after(() => page.close())

  /** Waits for the data of the view. */
  async function show(t: Parameters<typeof open>[0], hash: string, options: Parameters<typeof open>[2] = {}): Promise<Tab> {
    const tab = await open(t, page.url, { hash, ...options })
    await tab.locator('main h1').waitFor()
    await tab.waitForFunction(() => document.querySelector('main .waiting') === null)
    await tab.waitForLoadState('load')
    return tab
  }

  const views = [
    '',
    `room/${encodeURIComponent(markup)}`,
    'alerts',
    'rules',
    'rules/damp',
    'devices',
    `devices/${encodeURIComponent(script)}`,
    'notifications',
    'wire',
    'wall',
    'settings',
    'api',
  ]
  for (const view of views) {
    const name = view === '' ? 'home' : view.replace(/\/.*/, ', one of them')

    it(`a view is accessible: ${name}`, async (t) => {
      const tab = await show(t, `#/${view}`)
      await t.test('shows names that are markup as the text that they are', async () => {
        const found = await tab.evaluate(() => ({
          elements: [...document.querySelectorAll('main :is(img:not(.mark), script, b)')].map((one) => one.outerHTML),
          text: document.querySelector('main')?.textContent ?? '',
        }))
        assert.deepEqual(found.elements, [])
        const isNamed = ['home', 'room', 'alerts', 'devices', 'wall'].includes(view.split('/')[0] || 'home')
        assert.ok(!isNamed || found.text.includes(markup) || found.text.includes('<b>bold</b>'), found.text)
      })
      await t.test('is gone through with the Tab key, and shows where one is', () => goThrough(tab))
      await t.test('has nothing that axe would find, in light and dark', async () => {
        await assertAccessible(tab, 'light')
        await tab.emulateMedia({ colorScheme: 'dark' })
        await assertAccessible(tab, 'dark')
      })
      await t.test('fits a phone', () => fits(tab))
    })

    it(`a view in Chinese fits a phone: ${name}`, async (t) => {
      // Its words are of other lengths; the rest is as in English.
      await fitsWidth(await show(t, `#/${view}`, { locale: 'zh-TW' }))
    })
  }
})
