import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Page as Tab } from 'playwright-core'
import { createPacketTrace } from '../../monitor/intake/packet-trace.ts'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

describe('The wire view', need('chromium'), () => {
  const open = useBrowser()
  let page: Page
  let wire: ReturnType<typeof createPacketTrace>
  let subscribers = 0
  before(async () => {
    const made = createPacketTrace(Date.now)
    wire = {
      ...made,
      watch(subscriber) {
        subscribers += 1
        return made.watch(subscriber)
      },
    }
    page = await startPage({}, { packetTrace: wire, now: Date.now })
  })
  beforeEach(() => {
    subscribers = 0
  })
  after(() => page.close())
  function say(topic: string, payload: string | Buffer, verdict: string[] = [], more: object = {}, kept?: Promise<void>) {
    const packet = { topic, payload: Buffer.from(payload as string), qos: 0 as const, retain: false, dup: false, ...more }
    const seen = wire.see(packet, false)
    assert.ok(seen, 'no subscriber')
    for (const word of verdict) seen.trace(word)
    seen.emit(kept)
    return seen
  }
  const live = (tab: Tab) =>
    tab
      .locator('.wire-head')
      .getByText(/^(Live|即時)$/)
      .waitFor()
  const entry = (tab: Tab, name: string | RegExp) => tab.locator('.wire-list').getByRole('button', { name })
  const explained = (tab: Tab) => tab.locator('#wire-explained').innerText()

  it('packets appear as they arrive, and verdicts as they become known', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire' })
    await live(tab)
    const kept = Promise.withResolvers<void>()
    const seen = say('home/kitchen/temperature', '21.5', ['shown'], {}, kept.promise)
    const shown = entry(tab, /home\/kitchen\/temperature/)
    await shown.getByText('21.5').waitFor()
    await shown.getByText('QoS 0').waitFor()
    await shown.getByText('32 B').waitFor()
    await becomes(() => shown.getByText('stored').count(), 0)
    seen.trace('stored')
    kept.resolve()
    await shown.getByText('stored').waitFor()
    wire.send('device/pi-1/ack', '{"seq":1}', { qos: 0, retain: false })
    await entry(tab, /device\/pi-1\/ack/)
      .getByText('published by the monitor', { exact: true })
      .last()
      .waitFor()
    const topics = await tab.locator('.wire-topic').allInnerTexts()
    assert.deepEqual(topics, ['device/pi-1/ack', 'home/kitchen/temperature'], 'the newest comes first')
  })

  it('a typed filter is explained level by level and applied', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire' })
    await live(tab)
    say('home/kitchen/humidity', '40')
    await entry(tab, /humidity/).waitFor()
    await tab.getByLabel('Topic filter').fill('home/+/temperature')
    assert.deepEqual(
      (await explained(tab))
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
      ['home', 'exactly this', '+', 'any one level', 'temperature', 'exactly this'],
    )
    await entry(tab, /humidity/).waitFor({ state: 'detached' })
    await tab.getByText('No packet matches this filter so far.').waitFor()
    while (subscribers < 2) await new Promise(setImmediate)
    say('home/客廳/temperature', '24')
    await entry(tab, /客廳/).waitFor()
    assert.equal(wire.see({ topic: 'home/kitchen/humidity', payload: Buffer.from('41'), qos: 0, retain: false, dup: false }, false), null)
    assert.match(tab.url(), /#\/wire\?filter=home/, 'the address can be handed on')
  })

  it('an invalid filter is explained, and the last valid one stays in use', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire?filter=home%2F%23' })
    await live(tab)
    const field = tab.getByLabel('Topic filter')
    await becomes(() => field.inputValue(), 'home/#')
    const problems: Record<string, RegExp> = {
      'home/#/temperature': /# must be the last level/,
      'home/kit+': /stand alone between slashes/,
      '': /not empty/,
    }
    for (const [filter, problem] of Object.entries(problems)) {
      await field.fill(filter)
      await tab.locator('#wire-explained').getByText(problem).waitFor()
      await tab.getByText('Still shown: home/#').waitFor()
      await becomes(() => field.getAttribute('aria-invalid'), 'true')
    }
    say('home/attic/temperature', '18')
    await entry(tab, /attic/).waitFor()
    assert.equal(subscribers, 1)
  })

  it('an invalid filter in the address is explained, and all packets are shown', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire?filter=home%2F%23%2Fx' })
    await live(tab)
    await tab
      .locator('#wire-explained')
      .getByText(/# must be the last level/)
      .waitFor()
    say('device/pi-1/info', '{}')
    await entry(tab, /device/).waitFor()
  })

  it('an opened packet explains its parts and pauses the list', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire' })
    await live(tab)
    const batch = { v: 1, device: 'pi-1', rows: [[1201, 1, { temperature: 21.5 }]] }
    say('device/pi-1/readings', deflateSync(JSON.stringify(batch)), ['stored: 1', 'answered: ack 1201'], { qos: 1, dup: true })
    await entry(tab, /readings/).click()
    await tab.locator('.wire-entry button[aria-expanded="true"]').waitFor()
    const details = tab.locator('.wire-details')
    for (const text of [
      'A batch of readings from a device’s outbox',
      'Compressed with zlib',
      '"device": "pi-1"',
      'At least once',
      'Not set: it is new.',
      'Set: it was sent before',
      'packet identifier 2',
      '1 reading stored in the database.',
      'Acknowledged on “ack”: ack 1201: everything up to this number is stored.',
    ])
      await details.getByText(text).waitFor()
    say('home/kitchen/temperature', '22')
    say('home/kitchen/temperature', '23')
    await tab.getByRole('button', { name: 'Resume, 2 new' }).click()
    await entry(tab, /temperature/)
      .first()
      .getByText('23', { exact: true })
      .waitFor()
  })

  it('a rejected packet has a reason in words, and binary payloads are shown as hex', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire' })
    await live(tab)
    say('home/kitchen/temperature', Buffer.from([0xff, 0x00]), ['rejected: not-a-number'])
    await entry(tab, /kitchen/).click()
    await tab.getByText('Rejected and counted: it is not a number.').waitFor()
    await tab.getByText('ff 00').last().waitFor()
  })

  it('topics and payloads with markup are shown as text', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire' })
    await live(tab)
    say('home/<img src=x onerror=alert(1)>/temperature', '<script>alert(2)</script>\n\u202e!')
    await entry(tab, /<img src=x onerror=alert\(1\)>/).click()
    await tab.locator('.wire-payload').getByText('<script>alert(2)</script>').waitFor()
    await becomes(() => tab.locator('main img, main script').count(), 0)
  })

  it('the list has the last three hundred packets and counts the dropped ones', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire' })
    await live(tab)
    const nextSecond = async () => {
      const second = Math.floor(Date.now() / 1000)
      while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const packet = { payload: Buffer.from('1'), qos: 0 as const, retain: false, dup: false }
    for (let burst = 0; burst < 2; burst++) {
      await nextSecond()
      for (let i = 1; i <= 250; i++) wire.see({ ...packet, topic: `home/kitchen/q${burst * 250 + i}` }, false)?.emit(undefined)
      await entry(tab, new RegExp(`q${burst * 250 + 200}\\b`)).waitFor()
    }
    await nextSecond()
    say('home/kitchen/last', '1')
    await entry(tab, /last/).waitFor()
    await tab.getByText('100 packets were left out').waitFor()
    await becomes(() => tab.locator('.wire-entry').count(), 300)
  })

  it('the wire view is usable with the keyboard alone', async (t) => {
    const tab = await open(t, page.url, { hash: '#/wire' })
    await live(tab)
    say('home/kitchen/temperature', '21.5', ['shown'])
    await entry(tab, /temperature/).waitFor()
    const focused = () => tab.evaluate(() => document.activeElement?.textContent ?? '')
    await tab.getByLabel('Topic filter').focus()
    for (let i = 0; i < 20 && !/temperature21\.5/.test(await focused()); i++) await tab.keyboard.press('Tab')
    await tab.keyboard.press('Enter')
    await tab.locator('.wire-details').waitFor()
    await tab.keyboard.press('Enter')
    await tab.locator('.wire-details').waitFor({ state: 'detached' })
  })

  for (const [name, options] of Object.entries({
    'in light': { colorScheme: 'light' },
    'in dark': { colorScheme: 'dark' },
    'on a phone in Chinese': { locale: 'zh-TW', viewport: { width: 360, height: 740 } },
  } as const)) {
    it(`the wire view is accessible ${name}`, async (t) => {
      const tab = await open(t, page.url, { hash: '#/wire', ...options })
      await live(tab)
      say(`home/${'x'.repeat(64)}/temperature`, 'y'.repeat(300), ['rejected: not-a-number'])
      say('device/pi-1/heartbeat', '{"cpu":12}', ['alive'], { qos: 1, retain: true })
      await entry(tab, /heartbeat/).click()
      await tab.locator('.wire-details').waitFor()
      await assertAccessible(tab)
      await becomes(() => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
    })
  }
})
