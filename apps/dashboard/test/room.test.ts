import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it, type TestContext } from 'node:test'
import type { Page as Tab } from 'playwright-core'
import { need } from '../../../test/need.ts'
import { type Page, startPage } from '../../monitor/test/web-server.ts'
import { assertAccessible } from './axe.ts'
import { useBrowser } from './browser.ts'

const minute = 60_000
const hour = 60 * minute

describe('A room over time', need('chromium'), () => {
  const open = useBrowser()

  /** A kitchen of two days, a reading each ten minutes, and an attic that is ten degrees colder. */
  async function house(t: TestContext): Promise<Page> {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    page.clock.now = Date.now()
    const times = Array.from({ length: 288 }, (_, i) => Date.now() - (288 - i) * 10 * minute)
    page.addReadings(
      'kitchen',
      times.map((time, i) => [time, 20 + (i % 5)] as const),
    )
    page.addReadings(
      'attic',
      times.map((time) => [time, 10] as const),
    )
    for (const [room, value] of [['kitchen', 21] as const, ['attic', 10] as const])
      page.board.show(room, 'temperature', { value, time: times.at(-1) ?? 0, device: 'pi-1' })
    return page
  }
  const readout = (tab: Tab) => tab.locator('.readout').first()
  const chart = (tab: Tab) => tab.getByRole('img', { name: /Temperature/ })
  const isDrawn = (tab: Tab) =>
    tab.waitForFunction(() => {
      const canvas = document.querySelector('canvas')
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      return pixels.some((value) => value > 0)
    })

  it('is drawn for a day, with what it comes to, and goes on by itself', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await readout(tab).getByText('highest 24.0').waitFor()
    await readout(tab).getByText('lowest 20.0').waitFor()
    await isDrawn(tab)
    await assertAccessible(tab, 'room')
    const data = { room: 'kitchen', quantity: 'temperature', value: 29, time: Date.now(), device: 'pi-1' }
    page.board.show('kitchen', 'temperature', data)
    page.board.tell({ type: 'reading', data })
    await readout(tab).getByText('highest 29.0').waitFor()
  })

  it('is drawn over a year of readings from a few hundred points', async (t) => {
    const page = await house(t)
    const year = Array.from({ length: 365 * 24 }, (_, i) => [Date.now() - i * hour - 3 * 24 * hour, 15 + 10 * Math.sin(i / 1400)] as const)
    page.addReadings('kitchen', year)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await readout(tab).getByText('lowest 20.0').waitFor()
    const [answer] = await Promise.all([
      tab.waitForResponse((response) => response.url().includes('api/readings')),
      tab.getByRole('button', { name: 'Year' }).click(),
    ])
    const { points, resolution } = await answer.json()
    assert.ok(points.length > 200 && points.length <= 500, `${points.length}`)
    assert.ok(resolution >= hour)
    await readout(tab).getByText('lowest 5.0').waitFor()
    await isDrawn(tab)
    assert.match(tab.url(), /span=year/)
    await tab.getByRole('button', { name: 'All' }).click()
    await readout(tab).getByText('lowest 5.0').waitFor()
  })

  it('is zoomed by dragging, and shown as before by a double click', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await isDrawn(tab)
    const box = await chart(tab).locator('.u-over').boundingBox()
    assert.ok(box)
    await tab.mouse.move(box.x + box.width * 0.25, box.y + 50)
    await tab.mouse.down()
    await tab.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 5 })
    const [answer] = await Promise.all([tab.waitForResponse((response) => response.url().includes('api/readings')), tab.mouse.up()])
    const asked = new URL(answer.url()).searchParams
    const length = Number(asked.get('to')) - Number(asked.get('from'))
    assert.ok(Math.abs(length - 6 * hour) < 10 * minute, `${length / hour} h`)
    const back = tab.getByRole('button', { name: 'Back to now' })
    await back.waitFor()
    await chart(tab).locator('.u-over').dblclick()
    await back.waitFor({ state: 'detached' })
  })

  it('is read off by pointing, by touch and by the arrow keys', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, { hash: '#/room/attic', hasTouch: true })
    await isDrawn(tab)
    await chart(tab).focus()
    await tab.keyboard.press('End')
    await readout(tab).locator('.readout-time').waitFor()
    const last = await readout(tab).locator('.readout-time').innerText()
    await tab.keyboard.press('ArrowLeft')
    await tab.waitForFunction((text) => document.querySelector('.readout-time')?.textContent !== text, last)
    await readout(tab).getByText('10.0').waitFor()
    await tab.keyboard.press('Tab')
    await readout(tab).getByText('lowest 10.0').waitFor()
    const box = await chart(tab).locator('.u-over').boundingBox()
    assert.ok(box)
    await tab.touchscreen.tap(box.x + box.width * 0.6, box.y + 40)
    await readout(tab).locator('.readout-time').waitFor()
  })

  it('is compared with another room and with the week before', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await tab.getByLabel('Compare with').selectOption({ label: 'attic' })
    await readout(tab).getByText('attic').waitFor()
    await readout(tab).getByText('highest 10.0').waitFor()
    await tab.getByLabel('Compare with').selectOption({ label: 'the week before' })
    await readout(tab).getByText('the week before').waitFor()
    await readout(tab).getByText('no readings').waitFor()
  })

  it('is handed out as it is shown: a table and a picture', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, { hash: '#/room/attic' })
    await isDrawn(tab)
    const [table] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('button', { name: 'CSV' }).click()])
    const lines = (await readFile(await table.path(), 'utf8')).trim().split('\n')
    assert.equal(table.suggestedFilename(), 'attic-temperature.csv')
    assert.match(lines[1] ?? '', /^attic,temperature,°C,20\d\d-.*Z,0,10,10,10,1$/)
    const [picture] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('button', { name: 'PNG' }).click()])
    const bytes = await readFile(await picture.path())
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG')
    assert.ok(bytes.length > 2000)
  })

  it('says in words that there is no such room, or nothing to draw', async (t) => {
    const page = await house(t)
    page.board.show('cellar', 'humidity', { value: 50, time: Date.now(), device: null })
    const tab = await open(t, page.url, { hash: '#/room/<b>nowhere' })
    await tab.getByText('No sensor has reported from “<b>nowhere”.').waitFor()
    await tab.goto(`${page.url}/#/room/cellar`)
    await tab.getByText('No readings in this span.').waitFor()
  })

  it('fits a phone', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, {
      hash: '#/room/kitchen',
      viewport: { width: 320, height: 640 },
      locale: 'zh-TW',
      colorScheme: 'dark',
    })
    await isDrawn(tab)
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), 320)
    await assertAccessible(tab, 'room on a phone')
  })
})
