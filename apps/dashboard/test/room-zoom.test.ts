import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { need } from '@hearthwatch/testhouse/need'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'
import { chart, isDrawn, readout, startKitchen } from './kitchen.ts'

describe('A chart with mouse, touch and keys', need('chromium'), () => {
  const open = useBrowser()

  it('a chart is zoomed by dragging and reset by a double click', async (t) => {
    const page = await startKitchen(t)
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

    // The address has the window: a reload and the browser's Back show it again.
    const shown = () => tab.locator('.toolbar-window').innerText()
    const zoomed = await shown()
    await tab.reload()
    await back.waitFor()
    await becomes(shown, zoomed)
    await tab.getByRole('link', { name: 'Alerts' }).click()
    await tab.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor()
    await tab.goBack()
    await back.waitFor()
    await becomes(shown, zoomed)
    await chart(tab).locator('.u-over').dblclick()
    await back.waitFor({ state: 'detached' })
    assert.doesNotMatch(tab.url(), /when=/)
  })

  it('a chart shows a day of the calendar by one click, without the current value and without moving a control', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await isDrawn(tab)
    const select = tab.getByLabel('Compare with')
    const before = await select.boundingBox()
    const current = tab.locator('.quantity-now').first()
    await becomes(() => current.innerText(), '21.0\u202f°C')
    await tab.getByRole('button', { name: 'Yesterday' }).click()
    await current.waitFor({ state: 'detached' })
    const yesterday = new Date(Date.now() - 24 * hour)
    const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' }).format(yesterday)
    await tab.getByText(full, { exact: true }).waitFor()
    await becomes(() => select.boundingBox(), before)
    assert.match(tab.url(), /when=day-20\d\d-\d\d-\d\d$/)

    await tab.getByRole('button', { name: 'Earlier' }).click()
    await tab.getByText(full, { exact: true }).waitFor({ state: 'detached' })
    await tab.getByLabel('Dates').selectOption({ label: 'Last month' })
    await becomes(() => select.locator('option').allInnerTexts(), ['nothing', 'the month before', 'the year before', 'attic'])
    await select.selectOption({ label: 'the month before' })
    await tab.goBack()
    await current.waitFor()

    await tab.getByLabel('Dates').selectOption({ label: 'Choose dates …' })
    await tab.getByLabel('First day').fill('2026-03-01')
    await tab.getByLabel('Last day').fill('2026-03-10')
    await tab.getByRole('button', { name: 'Show' }).click()
    await tab.getByText(/^1\s?–\s?10 Mar 2026$/).waitFor()
  })

  it('a chart shows values by mouse, touch and arrow keys', async (t) => {
    const page = await startKitchen(t)
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
    // It waits until the chart stands still: Tab may have scrolled the page.
    await chart(tab)
      .locator('.u-over')
      .tap({ position: { x: 300, y: 40 } })
    await readout(tab).locator('.readout-time').waitFor()
  })

  it('a note is written at the place of a click, shown below the charts and removed', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await isDrawn(tab)
    await chart(tab).locator('.u-over').click()
    await tab.getByRole('button', { name: /^Note at / }).click()
    const form = tab.getByRole('dialog')
    await form.getByLabel('Note', { exact: true }).fill('窗戶開了一整天 <b>')
    await assertAccessible(tab, 'a note')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    const notes = tab.getByRole('region', { name: 'Notes' })
    await notes.getByText('窗戶開了一整天 <b>', { exact: true }).waitFor()
    const [{ room, time }] = (await page.ask('/api/notes')).json
    assert.equal(room, 'kitchen')
    // The middle of the last day, within the minutes that a chart moves on.
    assert.ok(Math.abs(Date.now() - 12 * 3_600_000 - time) < 15 * 60_000, new Date(time).toISOString())
    await notes.getByRole('button', { name: 'Remove' }).click()
    await notes.getByText('No notes in the time shown').waitFor()
    assert.deepEqual((await page.ask('/api/notes')).json, [])
  })

  it('a click in a chart offers a rule at that value, with all fields filled in', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await isDrawn(tab)
    await chart(tab).locator('.u-over').click()
    const link = tab.getByRole('link', { name: /^Alert me above 2\d\.\d\s°C$/ })
    const limit = /2\d\.\d/.exec(await link.innerText())?.[0] ?? ''
    await link.click()
    await tab.getByRole('heading', { level: 1, name: 'New rule' }).waitFor()
    const body = { name: 'kitchen-temperature', condition: 'above', quantity: 'temperature', rooms: 'kitchen', limit: Number(limit) }
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByRole('heading', { level: 1, name: 'Rules' }).waitFor()
    const rule = (await page.ask('/api/rules')).json.find(({ name }: { name: string }) => name === body.name)
    for (const [name, value] of Object.entries(body)) assert.deepEqual(rule[name], value, name)
  })

  it('a chart is zoomed with two fingers and reset by a double tap', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen', hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } })
    await isDrawn(tab)
    const box = await chart(tab).locator('.u-over').boundingBox()
    assert.ok(box)
    const fingers = await tab.context().newCDPSession(tab)
    const middle = box.x + box.width / 2
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: number[]) =>
      fingers.send('Input.dispatchTouchEvent', { type, touchPoints: places.map((x, id) => ({ x, y: box.y + 60, id })) })
    await touch('touchStart', middle - 30)
    await touch('touchStart', middle - 30, middle + 30)
    for (const apart of [40, 60, 80, 100, 120]) await touch('touchMove', middle - apart, middle + apart)
    await touch('touchEnd')
    const back = tab.getByRole('button', { name: 'Back to now' })
    await back.waitFor()
    for (const place of [middle, middle]) {
      await touch('touchStart', place)
      await touch('touchEnd')
    }
    await back.waitFor({ state: 'detached' })
  })
})
