import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { until } from '@hearthwatch/testhouse/eventually'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Page as Tab } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

const count = 3000

async function house(t: TestContext): Promise<Page> {
  const page = await startPage({}, { now: Date.now })
  page.clock.now = Date.now()
  t.after(() => page.close())
  page.store.transaction(() => {
    for (let i = 0; i < count; i++) {
      page.store.devices.put({ ...page.store.devices.getOrMake(`pi-${i}`, `pi-${i}`, `room ${i}`), status: 'online', seen: Date.now() })
      page.liveState.show(`room ${i}`, 'temperature', { value: 20, time: Date.now(), device: `pi-${i}` })
    }
  })
  return page
}

function read({ liveState }: Page, room: string, value: number): void {
  const data = { value, time: Date.now(), device: null }
  liveState.show(room, 'temperature', data)
  liveState.emit({ type: 'reading', data: { room, quantity: 'temperature', ...data } })
}

const tile = (tab: Tab, name: string) => tab.locator('.tile').filter({ has: tab.getByRole('heading', { name, exact: true }) })
const drawn = (tab: Tab) => tab.locator('.tile:not(.is-away)').count()

/** Loads the page again and records the rooms of the readings that its stream of events brings. */
async function recordRooms(tab: Tab): Promise<() => Promise<string[]>> {
  await tab.addInitScript(() => {
    const rooms: string[] = []
    const Original = EventSource
    Object.assign(window, {
      rooms,
      EventSource: class extends Original {
        constructor(url: string) {
          super(url)
          this.addEventListener('reading', ({ data }) => rooms.push(JSON.parse(data).room))
        }
      },
    })
  })
  await tab.reload()
  return () => tab.evaluate(() => (window as unknown as { rooms: string[] }).rooms.splice(0))
}

describe('The page of a house with 3,000 rooms', need('chromium'), () => {
  const open = useBrowser()

  it('draws the rooms in view, and more when they come into view', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, { viewport: { width: 1280, height: 800 } })
    await tile(tab, 'room 0').getByText('20.0°C').waitFor()
    await tab.getByText('3000 of 3000 online').waitFor()
    assert.equal(await tab.locator('.tile').count(), 200)
    assert.ok((await drawn(tab)) < 40, `${await drawn(tab)}`)
    // Out of view a room has its name, which a screen reader and the browser's search find.
    await tab.getByRole('link', { name: 'room 199', exact: true }).waitFor()

    await tab.getByRole('link', { name: 'room 199', exact: true }).scrollIntoViewIfNeeded()
    await tile(tab, 'room 199').getByText('20.0°C').waitFor()
    await tab.getByRole('link', { name: 'room 399', exact: true }).waitFor()
    await becomes(async () => tile(tab, 'room 0').getByText('20.0°C').count(), 0)
    assert.ok((await drawn(tab)) < 60, `${await drawn(tab)}`)
    // A room's view and back: the place is the same.
    const place = await tab.evaluate(() => scrollY)
    await tab.getByRole('link', { name: 'room 198', exact: true }).click()
    await tab.getByRole('heading', { name: 'room 198', level: 1 }).waitFor()
    await tab.goBack()
    await becomes(() => tab.evaluate(() => scrollY), place)
    await tile(tab, 'room 198').getByText('20.0°C').waitFor()
  })

  it('receives the events of the rooms in view only', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url, { viewport: { width: 1280, height: 800 } })
    const received = await recordRooms(tab)
    // Until then the tiles are those that the browser has saved.
    await tab.getByText('Live').waitFor()
    // Once the monitor knows which rooms are shown, it sends no other.
    const rooms: string[] = []
    await until(async () => {
      rooms.length = 0
      for (let n = 0; n < count; n += 10) read(page, `room ${n}`, 20 + Math.random())
      await until(async () => {
        rooms.push(...(await received()))
        return rooms.includes('room 10')
      }, 1000)
      return rooms.includes('room 10') && rooms.length < 10
    }, 15_000)
    assert.ok(rooms.includes('room 10') && rooms.length < 10)
    t.diagnostic(`readings of 300 rooms, and the page received: ${rooms.join(', ')}`)
    // A room that came into view has its new value, and gets events.
    await tab.getByRole('link', { name: 'room 150', exact: true }).scrollIntoViewIfNeeded()
    await tile(tab, 'room 150')
      .getByText(/2[01]\.\d°C/)
      .waitFor()
    await becomes(async () => {
      read(page, 'room 150', 25)
      return tile(tab, 'room 150').getByText('25.0°C').count()
    }, 1)
  })

  for (const [locale, find, trouble, critical] of [
    ['en-GB', 'Find a room', 'Trouble first', 'Critical'],
    ['zh-TW', '搜尋房間', '有狀況的優先', '緊急'],
  ] as const) {
    it(`a room that is not loaded is found, and its alert stands above all rooms (${locale})`, async (t) => {
      const page = await house(t)
      page.store.labels.put({ room: 'room 2719', name: '頂樓溫室', icon: null, position: null, group: null })
      page.addAlert({ room: 'room 2719', started: Date.now(), fired: Date.now() })
      page.liveState.show('room 2719', 'temperature', { value: 33.5, time: Date.now(), device: 'pi-2719' })
      const tab = await open(t, page.url, { locale })
      // The alert has the name that people gave the room, and its current value.
      const notice = tab.locator('.home-alerts')
      await notice.getByText(/頂樓溫室.*33\.5/).waitFor()
      await becomes(() => tab.locator('.rooms').getByText('頂樓溫室').count(), 0)
      await tab.getByRole('searchbox', { name: find }).fill('頂樓')
      await tile(tab, '頂樓溫室').getByText('33.5°C').waitFor()
      await becomes(() => tab.locator('.tile').count(), 1)
      await tab.getByRole('searchbox', { name: find }).fill('')
      await becomes(() => tab.locator('.tile').count(), 200)
      await tab.getByRole('button', { name: trouble }).click()
      await becomes(() => tab.locator('.tile-name').first().innerText(), '頂樓溫室')
      await tile(tab, '頂樓溫室').getByText(critical).waitFor()
      await assertAccessible(tab, 'a large house')
    })
  }

  it('the room’s view, the wall and the list of devices show what was not loaded', async (t) => {
    const page = await house(t)
    page.addAlert({ room: 'room 2719', started: Date.now(), fired: Date.now() })
    const tab = await open(t, page.url, { hash: '#/room/room%202500' })
    await tab.getByRole('heading', { name: 'room 2500', level: 1 }).waitFor()
    await tab.goto(`${page.url}/#/room/nowhere`)
    await tab.getByText('No sensor has reported from “nowhere”.').waitFor()
    await tab.goto(`${page.url}/#/wall`)
    await tab.locator('.wall-tile h2').first().getByText('room 2719').waitFor()
    await tab.getByText('2,940 more rooms are not shown.').waitFor()
    await tab.goto(`${page.url}/#/devices`)
    await tab.getByRole('button', { name: 'Show more devices (200 of 3,000)' }).click()
    await tab.getByRole('button', { name: 'Show more devices (400 of 3,000)' }).waitFor()
    await tab.getByRole('searchbox').fill('room 2345')
    await becomes(() => tab.locator('.device').count(), 1)
    await tab.getByRole('link', { name: 'pi-2345' }).click()
    await tab.getByRole('heading', { name: 'pi-2345', level: 1 }).waitFor()
    await tab.goto(`${page.url}/#/alerts`)
    await tab.getByRole('button', { name: 'New silence' }).click()
    await tab.getByRole('dialog').getByRole('combobox').first().fill('2345')
    await tab.getByRole('dialog').locator('datalist option').filter({ hasText: 'room 2345' }).waitFor({ state: 'attached' })
  })

  it('is drawn as a whole again when most of its rooms are forgotten', async (t) => {
    const page = await house(t)
    const tab = await open(t, page.url)
    await tile(tab, 'room 0').getByText('20.0°C').waitFor()
    page.store.transaction(() => {
      for (let i = 5; i < count; i++) {
        page.store.devices.remove(`pi-${i}`)
        page.liveState.forgetRoom(`room ${i}`)
      }
    })
    page.liveState.emit({ type: 'label', data: { room: 'room 1', name: null, icon: null, position: null, group: null } })
    await becomes(() => tab.locator('.tile').count(), 5)
    await tab.getByRole('button', { name: 'Arrange' }).waitFor()
    read(page, 'room 6', 7)
    await tile(tab, 'room 6').getByText('7.0°C').waitFor()
  })
})
