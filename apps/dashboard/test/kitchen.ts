import type { TestContext } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import type { Page as Tab } from 'playwright-core'

/** A page with two days of readings: a kitchen from 20 to 24 °C every ten minutes, and an attic at 10 °C. */
export async function startKitchen(t: TestContext, options: Parameters<typeof startPage>[1] = {}): Promise<Page> {
  const page = await startPage({}, { now: Date.now, ...options })
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
    page.liveState.show(room, 'temperature', { value, time: times.at(-1) ?? 0, device: 'pi-1' })
  return page
}

/** The readout of the first chart. */
export const readout = (tab: Tab) => tab.locator('.readout').first()
export const chart = (tab: Tab) => tab.getByRole('img', { name: /Temperature/ })

/** Waits until the first chart is drawn. */
export const isDrawn = (tab: Tab) =>
  tab.waitForFunction(() => {
    const canvas = document.querySelector('canvas')
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    return pixels.some((value) => value > 0)
  })
