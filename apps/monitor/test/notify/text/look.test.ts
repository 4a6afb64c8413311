import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Browser } from 'playwright-core'
import { launch } from '../../../../dashboard/test/browser.ts'
import { acknowledgeLinks } from '../../../notify/acknowledge-link.ts'
import { composer } from '../../../notify/text/compose.ts'
import { createWords } from '../../../notify/text/words.ts'
import { type Alert, newAlert } from '../../../rules/alert.ts'
import type { Content } from '../../../store/notifications.ts'
import type { Point } from '../../../store/readings/readings.ts'

const at = Date.UTC(2026, 10, 23, 6)
const rooms = ['kitchen', '客廳', 'A boiler room whose name somebody has thought about for a very long time', 'x'.repeat(64)]
const about = { rule: 'too-hot', condition: 'above', severity: 'critical', state: 'firing', started: at, fired: at } as const

let lastId = 0
function step(room: string, transition: 'firing' | 'resolved', given: Partial<Alert> = {}): Content {
  lastId += 1
  const hot = { room, device: 'pi-1', quantity: 'temperature', value: 31.2, bound: 30 }
  return { kind: 'alert', transition, at, alert: { id: lastId, ...newAlert({ ...about, subject: room }), ...hot, ...given } }
}
const row = (room: string, quantity: string, last: number) => ({
  room,
  quantity,
  min: last,
  mean: last,
  max: last,
  before: last * 0.75,
  last,
  count: 9,
  time: at,
})
const summary: Content = {
  kind: 'summary',
  date: '2026-11-23',
  from: at - 24 * 60 * minute,
  to: at,
  rooms: rooms.flatMap((room) => [row(room, 'temperature', -11.4), row(room, 'pressure', 1013.2), row(room, 'illuminance', 120_000)]),
  alerts: [newAlert({ ...about, subject: 's' })].map((alert) => ({ id: 1, ...alert, room: rooms[3] ?? '' })),
  undelivered: [{ channel: 'a-channel-with-a-name', count: 3 }],
}
const letters: Record<string, Content[]> = {
  'one alert': [
    step(rooms[2] ?? '', 'firing', { device: 'y'.repeat(64), message: { en: `${'z'.repeat(200)} and more`, 'zh-TW': '很長'.repeat(99) } }),
  ],
  'one that is over': [step(rooms[3] ?? '', 'resolved', { value: 28 })],
  'a few': rooms.map((room) => step(room, 'firing')),
  'very many': Array.from({ length: 40 }, (_, i) => step(rooms[i % 4] ?? '', i % 3 === 0 ? 'resolved' : 'firing')),
  'a summary': [summary],
}
const points = Array.from({ length: 170 }, (_, i): Point => [at - (180 - i) * minute, 20 + i / 15, 20 + i / 15, 20 + i / 15, 1])

describe('A mail in a browser', need('chromium'), () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser.close())

  for (const language of ['en', 'zh-TW'] as const) {
    for (const [name, contents] of Object.entries(letters)) {
      it(`about ${name} (${language}) fits a phone, loads nothing from elsewhere, and is readable on a dark background`, async () => {
        const words = createWords({ language, timeZone: 'Asia/Taipei' })
        const readings = { range: () => ({ resolution: 0, points: [...points] }) }
        const links = acknowledgeLinks(Buffer.alloc(32))
        const compose = composer({ words, readings, links, publicUrl: 'https://home.example.org' })
        const { html } = compose({ id: randomUUID(), contents, at, wasHeld: false, budget: null })
        const tab = await browser.newPage({ colorScheme: 'dark' })
        const asked: string[] = []
        tab.on('request', (request) => asked.push(request.url()))
        for (const width of [360, 390, 800]) {
          await tab.setViewportSize({ width, height: 600 })
          await tab.setContent(html)
          const wide = await tab.evaluate(() => document.documentElement.scrollWidth)
          assert.ok(wide <= width, `${wide} px wide on ${width}`)
        }
        const [ink, paper] = await tab.evaluate(() => [
          getComputedStyle(document.body).color,
          getComputedStyle(document.body).backgroundColor,
        ])
        assert.deepEqual([ink, paper], ['rgb(255, 255, 255)', 'rgba(0, 0, 0, 0)'])
        assert.deepEqual(asked, [])
        await tab.close()
      })
    }
  }

  it('has a link to a page with a button that acknowledges', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: 'let me in' })
    t.after(() => page.close())
    const alert = page.addAlert({ room: '<b>kitchen' })
    const id = randomUUID()
    const content: Content = { kind: 'alert', transition: 'firing', alert, at }
    page.store.notifications.add({ event: 'x', channel: 'mail', recipient: 'ann', severity: 'critical', content, created: at })
    page.store.notifications.claim([1], id, 'subject', at)
    const token = acknowledgeLinks(page.store.secrets.key('acknowledge')).token(id, page.clock.now)
    const tab = await browser.newPage({ viewport: { width: 390, height: 700 }, javaScriptEnabled: false })
    const refused: string[] = []
    tab.on('console', (message) => refused.push(message.text()))
    await tab.goto(`${page.url}/a/${token}`)
    assert.equal(await tab.locator('li').innerText(), '<b>kitchen 31.5 °C: too hot')
    await tab.getByRole('button', { name: 'Acknowledge' }).click()
    await tab.getByRole('heading', { name: 'Acknowledged' }).waitFor()
    assert.equal(page.store.alerts.get(alert.id)?.acknowledged, page.clock.now)
    assert.deepEqual(refused, [])
    await tab.close()
  })
})
