import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Page as Tab } from 'playwright-core'
import { useBrowser } from './browser.ts'

/** Largest sum of layout shifts at which a page does not jump under the finger (Core Web Vitals calls 0.1 good). */
const most = 0.05

declare global {
  interface Window {
    shifts: number[]
  }
}

describe('On a slow network, a view', need('chromium'), () => {
  const open = useBrowser()
  let page: Page
  before(async () => {
    page = await startPage({}, { now: Date.now })
    page.clock.now = Date.now()
    for (const room of ['bedroom', 'kitchen', 'larder', 'living-room']) {
      page.addReadings(
        room,
        Array.from({ length: 60 }, (_, i) => [Date.now() - (60 - i) * minute, 20 + (i % 5)] as const),
        'pi-1',
      )
      page.liveState.show(room, 'temperature', { value: 24, time: Date.now(), device: 'pi-1' })
    }
    page.addAlert({ room: 'larder', state: 'firing', fired: Date.now() })
  })
  after(() => page.close())

  /** 400 kbit/s with a round trip of 400 ms, and a processor of a quarter of the speed. */
  async function slowDown(tab: Tab): Promise<void> {
    const session = await tab.context().newCDPSession(tab)
    await session.send('Network.enable')
    const throughput = 50_000
    const conditions = { offline: false, latency: 400, downloadThroughput: throughput, uploadThroughput: throughput }
    await session.send('Network.emulateNetworkConditions', conditions)
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  }

  for (const [name, viewport] of Object.entries({ phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }))
    it(`does not jump on a ${name}: neither home, with a warning and an alert above the rooms, nor a room with its chart`, async (t) => {
      const tab = await open(t, page.url, { viewport, preferences: { degrees: 'C' } })
      // The first visit saves the rooms, which the next one shows until the monitor answers.
      await tab.getByText('Nobody is told of alerts').waitFor()
      await tab.getByRole('link', { name: 'larder' }).first().waitFor()
      await tab.addInitScript(() => {
        window.shifts = []
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) window.shifts.push(entry.value)
        })
        observer.observe({ type: 'layout-shift', buffered: true })
      })
      await slowDown(tab)
      const shifted = () => tab.evaluate(() => window.shifts.reduce((sum, value) => sum + value, 0))
      await tab.reload()
      await tab.getByText('First steps').waitFor()
      await tab.getByText('lowest').first().waitFor({ state: 'attached' })
      const home = await shifted()
      await tab.goto(`${page.url}/#/room/bedroom`)
      await tab.reload()
      await tab.locator('.u-over').first().waitFor()
      await tab.getByRole('heading', { name: 'Notes' }).waitFor()
      const room = await shifted()
      assert.ok(home <= most, `home ${home}`)
      assert.ok(room <= most, `room ${room}`)
    })
})
