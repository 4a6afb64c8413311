import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Silence } from '@hearthwatch/api/silences'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { MqttClient } from 'mqtt'
import { assertAccessible } from './axe.ts'
import { becomes, focusOn, useBrowser } from './browser.ts'

const markup = '<img src=x onerror=alert(1)>'

describe('Alerts of a real monitor on the page', need('chromium'), () => {
  const open = useBrowser()
  let house: TestMonitor
  let guest: MqttClient
  before(async () => {
    house = await startTestMonitor()
    guest = await house.client()
  })
  after(() => house.close())

  /** Heats a room until its alert fires. */
  async function heat(room: string): Promise<void> {
    // The first reading of a new topic is deferred.
    guest.publish(`home/${room}/temperature`, '22')
    await eventually(() => house.rows(`SELECT 1 FROM readings WHERE room = '${room}'`).length > 0)
    guest.publish(`home/${room}/temperature`, '31.5')
    await eventually(async () => (await alertOf(room))?.state === 'firing')
  }
  const alertOf = async (room: string) => (await house.get<Alert[]>(`/api/alerts?room=${room}`))[0]

  it('an alert appears when it fires, is acknowledged, and moves to the history when it resolves', async (t) => {
    const tab = await open(t, house.url, { hash: '#/alerts' })
    await tab.getByText('All is well: no alert is firing.').waitFor()
    await heat('kitchen')
    const shown = tab.getByRole('listitem', { name: 'kitchen' })
    await shown.getByText(/above 30\.0.°C: now 31\.5/).waitFor()
    await shown.getByRole('button', { name: 'Acknowledge' }).click()
    await shown.getByText('acknowledged', { exact: true }).waitFor()
    await eventually(async () => typeof (await alertOf('kitchen'))?.acknowledged === 'number')
    await becomes(() => shown.getByRole('button', { name: 'Acknowledge' }).count(), 0)
    guest.publish('home/kitchen/temperature', '22')
    await eventually(async () => {
      guest.publish('home/kitchen/temperature', '22')
      return (await alertOf('kitchen'))?.state === 'resolved'
    }, 30_000)
    await tab.getByText('All is well: no alert is firing.').waitFor()
    await tab.getByRole('heading', { name: 'History' }).waitFor()
    await tab.locator('section', { hasText: 'History' }).getByText('kitchen').last().waitFor()
  })

  it('an alert is silenced for an hour, and the silence is ended early', async (t) => {
    await heat('attic')
    const tab = await open(t, house.url, { hash: '#/alerts' })
    await tab.getByRole('listitem', { name: 'attic' }).getByRole('button', { name: 'Silence …' }).click()
    const dialog = tab.getByRole('dialog')
    await becomes(() => dialog.getByLabel('Room').inputValue(), 'attic')
    await dialog.getByLabel('Reason').fill('The roof is being <b>repaired</b>')
    await assertAccessible(tab, 'dialog')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const silences = tab.getByRole('region', { name: 'Silences' })
    await silences.getByText('The roof is being <b>repaired</b>').waitFor()
    const [silence] = await house.get<Silence[]>('/api/silences')
    assert.equal(silence?.room, 'attic')
    assert.ok(Math.abs((silence?.until ?? 0) - Date.now() - 3_600_000) < 60_000)
    await silences.getByRole('button', { name: 'End it now' }).click()
    await silences.waitFor({ state: 'detached' })
    await becomes(() => house.get<Silence[]>('/api/silences'), [])
  })

  it('an alert is silenced with the keyboard alone, and Escape changes nothing', async (t) => {
    const tab = await open(t, house.url, { hash: '#/alerts' })
    await tab.getByRole('button', { name: 'New silence' }).focus()
    await tab.keyboard.press('Enter')
    const dialog = tab.getByRole('dialog')
    await dialog.waitFor()
    await tab.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await becomes(() => house.get<Silence[]>('/api/silences'), [])
    await tab.locator('button:focus').waitFor()
    await tab.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'until tomorrow, 8:00' }).press('Enter')
    await dialog.getByLabel('Reason').press('Enter')
    await dialog.waitFor({ state: 'detached' })
    const [silence] = await house.get<Silence[]>('/api/silences')
    assert.equal(new Date(silence?.until ?? 0).getHours(), 8)
  })
})

describe('The history of alerts on the page', need('chromium'), () => {
  const open = useBrowser()

  it('the history is loaded in pages and filtered by room and rule', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    page.liveState.show('attic', 'temperature', { value: 20, time: Date.now(), device: null })
    assert.equal((await page.ask('/api/labels/attic', { method: 'PUT', body: { name: 'Under the roof' } })).status, 200)
    for (let i = 0; i < 40; i++) {
      const started = Date.now() - (i + 1) * 60_000
      const about = i % 10 === 0 ? { room: 'attic', rule: 'frost' } : { room: markup }
      page.addAlert({ ...about, state: 'resolved', value: i, peak: 33.4, started, fired: started + 10_000, resolved: started + 30_000 })
    }
    const tab = await open(t, page.url, { hash: '#/alerts', preferences: { degrees: 'C' } })
    const entries = tab.getByRole('region', { name: 'History' }).getByRole('listitem')
    const count = (number: number) => eventually(async () => (await entries.count()) === number)
    await count(30)
    // Since the limit was crossed, as in the mails.
    await entries.first().getByText('lasted 30 secs').waitFor()
    await entries
      .first()
      .getByText(/peak 33\.4\s°C/)
      .waitFor()
    // An alert that resolves meanwhile comes on top, and the others stay.
    const now = Date.now()
    const alert = page.addAlert({ room: 'cellar', state: 'resolved', started: now, fired: now, resolved: now })
    page.liveState.emit({ type: 'alert', data: alert })
    await entries.first().getByText('cellar').waitFor()
    await count(31)
    await tab.getByRole('button', { name: 'Show older ones' }).press('Enter')
    await count(41)
    const oldest = page.store.alerts.list({}).at(-1)
    const link = (await entries.last().getByRole('link', { name: 'Chart of that time' }).getAttribute('href')) ?? ''
    const [from = 0, to = 0] = (/when=(\d+)-(\d+)$/.exec(link) ?? []).slice(1).map(Number)
    assert.ok(from < (oldest?.started ?? 0) && to > (oldest?.resolved ?? 0), link)
    await tab.getByRole('button', { name: 'Show older ones' }).waitFor({ state: 'detached' })
    await tab.getByLabel('Room').selectOption({ label: 'Under the roof' })
    await count(4)
    await tab.getByLabel('Rule').selectOption('too-hot')
    await tab.getByText('No alert matches this choice.').waitFor()
    await tab.getByLabel('Room').selectOption(markup)
    await count(30)
    await becomes(() => tab.locator('main img').count(), 0)
  })

  it('a recovering alert is still shown and counted; a value of the start has its time', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    page.addAlert({ room: 'kitchen', state: 'recovering' })
    page.addAlert({ room: 'cellar', value: 32.2, fired: Date.now() })
    page.liveState.show('kitchen', 'temperature', { value: 20, time: Date.now(), device: null })
    const tab = await open(t, page.url, { preferences: { degrees: 'C' } })
    await tab.getByRole('link', { name: /Alerts.*2 alert/ }).waitFor()
    await tab.getByText(/kitchen: .*above 30\.0.°C: now 20\.0.°C · recovering/).waitFor()
    await tab.getByText(/cellar: .*above 30\.0.°C: 32\.2.°C at \d+:\d\d/).waitFor()
    await tab.getByRole('link', { name: 'Alerts' }).click()
    await tab.getByRole('listitem', { name: 'kitchen' }).getByText('recovering').waitFor()
  })

  it('the keyboard focus survives acknowledging and ending a silence', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    page.addAlert({ room: markup })
    await page.ask('/api/silences', { method: 'POST', body: { room: 'attic', until: Date.now() + 3_600_000 } })
    const tab = await open(t, page.url, { hash: '#/alerts' })
    await tab.getByRole('button', { name: 'Acknowledge' }).press('Enter')
    await tab.getByText('acknowledged', { exact: true }).waitFor()
    await focusOn(tab, 'Silence …')
    await tab.getByRole('button', { name: 'End it now' }).press('Enter')
    await tab.getByRole('button', { name: 'End it now' }).waitFor({ state: 'detached' })
    await focusOn(tab, 'content')
  })
})
