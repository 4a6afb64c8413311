import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { need } from '@hearthwatch/testhouse/need'
import { useBrowser } from './browser.ts'
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
    await chart(tab).locator('.u-over').dblclick()
    await back.waitFor({ state: 'detached' })
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
    const box = await chart(tab).locator('.u-over').boundingBox()
    assert.ok(box)
    await tab.touchscreen.tap(box.x + box.width * 0.6, box.y + 40)
    await readout(tab).locator('.readout-time').waitFor()
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
