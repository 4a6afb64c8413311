import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { MqttClient } from 'mqtt'
import { need } from '../../../test/need.ts'
import { eventually, type House, startHouse } from '../../monitor/test/house.ts'
import { assertAccessible } from './axe.ts'
import { useBrowser } from './browser.ts'

interface Alert {
  room: string
  state: string
  acknowledged: number | null
  silenced: number | null
}

describe('The alerts of a real house', need('chromium'), () => {
  const open = useBrowser()
  let house: House
  let guest: MqttClient
  before(async () => {
    house = await startHouse()
    guest = await house.client()
  })
  after(() => house.close())

  /** Heats a room until its alert fires. */
  async function heat(room: string): Promise<void> {
    // The first reading of a topic waits for somebody to claim it.
    guest.publish(`home/${room}/temperature`, '22')
    await eventually(() => house.rows(`SELECT 1 FROM readings WHERE room = '${room}'`).length > 0)
    guest.publish(`home/${room}/temperature`, '31.5')
    await eventually(async () => (await alertOf(room))?.state === 'firing')
  }
  const alertOf = async (room: string) => (await house.get<Alert[]>(`/api/alerts?room=${room}`))[0]

  it('appear as they fire, are taken note of, and move to the history when they are over', async (t) => {
    const tab = await open(t, house.monitor.url, { hash: '#/alerts' })
    await tab.getByText('All is well: no alert is on.').waitFor()
    await heat('kitchen')
    const shown = tab.getByRole('listitem', { name: 'kitchen' })
    await shown.getByText(/31\.5/).waitFor()
    await shown.getByRole('button', { name: 'I have seen it' }).click()
    await shown.getByText('seen', { exact: true }).waitFor()
    assert.notEqual((await alertOf('kitchen'))?.acknowledged, null)
    assert.equal(await shown.getByRole('button', { name: 'I have seen it' }).count(), 0)
    guest.publish('home/kitchen/temperature', '22')
    await eventually(async () => {
      guest.publish('home/kitchen/temperature', '22')
      return (await alertOf('kitchen'))?.state === 'resolved'
    }, 30_000)
    await tab.getByText('All is well: no alert is on.').waitFor()
    await tab.getByRole('heading', { name: 'History' }).waitFor()
    await tab.locator('section', { hasText: 'History' }).getByText('kitchen').last().waitFor()
  })

  it('are silenced for an hour, and told again when somebody ends that', async (t) => {
    await heat('attic')
    const tab = await open(t, house.monitor.url, { hash: '#/alerts' })
    await tab.getByRole('listitem', { name: 'attic' }).getByRole('button', { name: 'Silence …' }).click()
    const dialog = tab.getByRole('dialog')
    assert.equal(await dialog.getByLabel('Room').inputValue(), 'attic')
    await dialog.getByLabel('Why').fill('The roof is being <b>repaired</b>')
    await assertAccessible(tab, 'dialog')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const silences = tab.getByRole('region', { name: 'Silences' })
    await silences.getByText('The roof is being <b>repaired</b>').waitFor()
    const [silence] = await house.get<{ room: string; until: number; comment: string }[]>('/api/silences')
    assert.equal(silence?.room, 'attic')
    assert.ok(Math.abs((silence?.until ?? 0) - Date.now() - 3_600_000) < 60_000)
    await silences.getByRole('button', { name: 'End it now' }).click()
    await silences.waitFor({ state: 'detached' })
    assert.deepEqual(await house.get('/api/silences'), [])
  })

  it('are silenced by the keyboard alone; Escape changes nothing', async (t) => {
    const tab = await open(t, house.monitor.url, { hash: '#/alerts' })
    await tab.getByRole('button', { name: 'New silence' }).focus()
    await tab.keyboard.press('Enter')
    const dialog = tab.getByRole('dialog')
    await dialog.waitFor()
    await tab.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(await house.get('/api/silences'), [])
    await tab.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'until tomorrow, 8:00' }).press('Enter')
    await dialog.getByLabel('Why').press('Enter')
    await dialog.waitFor({ state: 'detached' })
    const [silence] = await house.get<{ until: number }[]>('/api/silences')
    assert.equal(new Date(silence?.until ?? 0).getHours(), 8)
  })
})
