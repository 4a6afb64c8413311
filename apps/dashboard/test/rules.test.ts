import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import type { Locator } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { becomes, focusOn, useBrowser } from './browser.ts'
import { isDrawn, startKitchen } from './kitchen.ts'

/** The text that `aria-describedby` refers to. */
const descriptionOf = (field: Locator) =>
  field.evaluate((input) => document.getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent ?? '')

describe('A rule', need('chromium'), () => {
  const open = useBrowser()

  it('a rule is tested on the stored readings, shows its alerts, and is saved', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/rules/new', preferences: { degrees: 'C' } })
    await tab.getByLabel('Name').fill('warm')
    await tab.getByLabel('Limit').fill('23.5')
    await tab.getByLabel('Where').fill('kit*')
    await tab.getByLabel('For how long (minutes)', { exact: true }).fill('0')
    await tab.getByRole('button', { name: 'Run the test' }).click()
    // Every fifth reading of the day is 24 °C.
    const outcome = tab.getByText(
      /^It would have raised 2\d alerts and sent \d\d messages to each recipient \(14\d readings evaluated\)\.$/,
    )
    await outcome.first().waitFor()
    await isDrawn(tab)
    await tab.locator('.trial-list li').first().getByText('kitchen').waitFor()
    assert.equal((await page.ask('/api/alerts')).json.length, 0, 'nothing has happened')
    await assertAccessible(tab)

    await tab.getByLabel('Limit').fill('40')
    await tab.getByRole('button', { name: 'Run the test' }).click()
    await tab
      .getByText(/^It would have raised no alert/)
      .first()
      .waitFor()

    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByRole('link', { name: 'warm', exact: true }).waitFor()
    const saved = (await page.ask('/api/rules/warm')).json
    assert.deepEqual([saved.condition, saved.limit, saved.rooms, saved.enabled], ['above', 40, 'kit*', true])
  })

  it('a wrong rule is not saved, and its fields are marked in the words and degrees of the page', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/rules/new', preferences: { degrees: 'F' } })
    await tab.getByLabel('Name').fill('Too; Warm!')
    await tab.getByText('id for programs: too-warm').waitFor()
    await tab.getByLabel('Limit (°F)').fill('1000')
    await tab.getByText('More', { exact: true }).last().click()
    await tab.getByLabel('Reminders after').fill('soon')
    await tab.getByText('More', { exact: true }).last().click()
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByText('From -148.0 °F to 482.0 °F: sensors measure nothing beyond.').waitFor()
    // Folded fields with a problem unfold, and the first wrong field gets the focus.
    await tab.getByText(/^At most 20 numbers/).waitFor()
    await eventually(async () => (await tab.evaluate(() => (document.activeElement as HTMLInputElement).value)) === '1000')
    await becomes(() => tab.locator('.error').count(), 2)
    await assertAccessible(tab, 'refused')
    assert.equal((await page.ask('/api/rules')).json.filter(({ builtIn }: { builtIn: boolean }) => !builtIn).length, 0)

    await tab.getByRole('button', { name: 'Run the test' }).click()
    await tab.getByText('Correct the marked fields first.').waitFor()
  })

  it('a wrong rule is explained in Chinese beside the field on a Chinese page', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/rules/new', locale: 'zh-TW' })
    await tab.getByLabel('條件').selectOption('outside')
    await tab.getByLabel('名稱').fill('浴室太濕')
    await tab.getByText('程式使用的代號：temperature-outside').waitFor()
    await tab.getByLabel('最低').fill('20')
    await tab.getByRole('button', { name: '儲存' }).click()
    await tab.getByText('請輸入數字。').waitFor()
    await tab.getByLabel('最高').fill('10')
    await tab.getByRole('button', { name: '儲存' }).click()
    await tab.getByText('最低值必須小於最高值。').waitFor()
    // Beside the field: its description names the problem.
    await eventually(async () => /^最低值必須小於最高值。/.test(await descriptionOf(tab.getByLabel('最低'))))
    await tab.getByLabel('最高').fill('30')
    await tab.getByRole('button', { name: '儲存' }).click()
    await tab.getByRole('link', { name: '浴室太濕' }).waitFor()
    // Built-in rules have titles in the language of the page, although the monitor's is English.
    await tab.getByRole('link', { name: '太熱' }).waitFor()
    assert.equal((await page.ask('/api/rules/temperature-outside')).json.title, '浴室太濕')
  })

  it('a new rule never replaces another one, and templates get a free name', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/rules/new', preferences: { degrees: 'C' } })
    await tab.getByRole('button', { name: 'Freezer' }).click()
    await becomes(() => tab.getByLabel('Name').inputValue(), 'Freezer')
    await tab.getByText('id for programs: freezer-2').waitFor()
    await tab.getByLabel('Name').fill('too-hot')
    await tab.getByText('There is a rule of this name already.').waitFor()
    await tab.getByRole('button', { name: 'Save' }).press('Enter')
    await eventually(async () => (await tab.evaluate(() => (document.activeElement as HTMLInputElement).value)) === 'too-hot')
    assert.equal((await page.ask('/api/rules/too-hot')).json.changed, null)
  })

  it('a rule gets the rooms of the pressed buttons, whatever their names', async (t) => {
    const page = await startKitchen(t)
    const markup = '<img src=x onerror=alert(1)>, or not'
    page.liveState.show(markup, 'temperature', { value: 21, time: Date.now(), device: null })
    await page.ask('/api/labels/attic', { method: 'PUT', body: { name: 'Under the roof' } })
    const tab = await open(t, page.url, { hash: '#/rules/new', preferences: { degrees: 'C' } })
    const rooms = tab.getByRole('group', { name: 'Rooms of this house' })
    await rooms.getByRole('button', { name: 'kitchen' }).click()
    await rooms.getByRole('button', { name: 'kitchen' }).click()
    await tab.getByText('Choose at least one room, or * for all.').waitFor()
    await rooms.getByRole('button', { name: 'kitchen' }).click()
    await rooms.getByRole('button', { name: 'Under the roof' }).click()
    await rooms.getByRole('button', { name: markup }).click()
    await rooms.getByRole('button', { name: 'kitchen' }).click()
    await becomes(() => tab.getByLabel('Where').inputValue(), 'attic, <img src=x onerror=alert(1)>* or not')
    await tab.getByLabel('Name').fill('cold')
    await tab.getByLabel('When', { exact: true }).selectOption('below')
    await tab.getByLabel('Limit').fill('21.5')
    await tab.getByText('Now true in 1 of 1 room: <img').waitFor()
    await tab.getByLabel('Limit').fill('12.5')
    await tab.getByRole('button', { name: 'Run the test' }).click()
    await tab.getByText('It would have raised 1 alert').first().waitFor()
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByText('Temperature in Under the roof, <img src=x onerror=alert(1)>* or not is below 12.5 °C').waitFor()
    await becomes(() => tab.locator('main img').count(), 0)
  })

  it('a change after a test marks its result as outdated', async (t) => {
    const page = await startKitchen(t)
    await page.ask('/api/rules/warm', { method: 'PUT', body: { condition: 'above', quantity: 'temperature', limit: 22.5, for: 90 } })
    const tab = await open(t, page.url, { hash: '#/rules', preferences: { degrees: 'C' } })
    await tab.getByText('Temperature in any room is above 22.5 °C for 1 min 30 secs').waitFor()
    await tab.getByRole('link', { name: 'warm', exact: true }).click()
    await becomes(() => tab.getByLabel('For how long (minutes)', { exact: true }).inputValue(), '1.5')
    await tab.getByRole('button', { name: 'Run the test' }).click()
    await isDrawn(tab)
    await tab.getByLabel('Limit').fill('23.5')
    await tab.getByText('The rule has changed since').waitFor()
    await tab.getByLabel('Severity').selectOption({ label: 'Critical' })
    await tab.getByRole('switch', { name: 'Enabled' }).press(' ')
    await tab.getByRole('button', { name: 'Save' }).press('Enter')
    await tab.getByText('Temperature in any room is above 23.5 °C').waitFor()
    const { limit, severity, for: hold, enabled } = (await page.ask('/api/rules/warm')).json
    assert.deepEqual({ limit, severity, hold, enabled }, { limit: 23.5, severity: 'critical', hold: 90, enabled: false })
  })

  it('a rule is removed after a confirmation', async (t) => {
    const page = await startKitchen(t)
    await page.ask('/api/rules/warm', { method: 'PUT', body: { condition: 'above', quantity: 'temperature', limit: 22 } })
    const tab = await open(t, page.url, { hash: '#/rules/warm' })
    const remove = tab.getByRole('button', { name: 'Remove' })
    await remove.press('Enter')
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Cancel' }).press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await focusOn(tab, 'Remove')
    assert.equal((await page.ask('/api/rules/warm')).status, 200)
    await tab.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Remove' }).press('Enter')
    await tab.getByRole('heading', { name: 'Rules', level: 1 }).waitFor()
    assert.equal((await page.ask('/api/rules/warm')).status, 404)
    await focusOn(tab, 'content')
  })

  it('a rule is disabled and enabled, and a built-in one is restored', async (t) => {
    const page = await startKitchen(t)
    const rule = async () => (await page.ask('/api/rules/too-hot')).json
    const tab = await open(t, page.url, { hash: '#/rules', preferences: { degrees: 'C' } })
    const toggle = tab.getByRole('switch', { name: 'Too hot enabled' })
    await toggle.click()
    await tab.getByText('changed', { exact: true }).waitFor()
    assert.equal((await rule()).enabled, false)
    await tab.getByRole('link', { name: 'Too hot' }).click()
    await tab.getByRole('button', { name: 'Restore' }).click()
    await toggle.waitFor()
    assert.equal((await rule()).enabled, true)
  })

  it('a rule that is firing is switched off or removed after a question that names the rooms, and that can be undone', async (t) => {
    const page = await startKitchen(t)
    const isEnabled = async () => (await page.ask('/api/rules/too-hot')).json.enabled
    page.addAlert({ room: 'kitchen', rule: 'too-hot', started: Date.now(), fired: Date.now() })
    const tab = await open(t, page.url, { hash: '#/rules' })
    const toggle = tab.getByRole('switch', { name: 'Too hot enabled' })
    await toggle.click()
    const dialog = tab.getByRole('dialog', { name: 'Switch off “Too hot”?' })
    await dialog.getByText('It is firing now: kitchen.').waitFor()
    await assertAccessible(tab)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await becomes(isEnabled, true)
    await toggle.click()
    await dialog.getByRole('button', { name: 'Switch off' }).click()
    await tab.locator('.undo').getByText('The rule “Too hot” is switched off.').waitFor()
    await becomes(isEnabled, false)
    await tab.getByRole('button', { name: 'Undo' }).click()
    await tab.locator('.undo').waitFor({ state: 'detached' })
    await becomes(isEnabled, true)
  })

  it('a switch stays unchanged if the monitor refuses the change', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/rules' })
    await tab.route('**/api/rules/too-hot', (route) => route.fulfill({ status: 503, json: { error: 'The disk is full.' } }))
    const toggle = tab.getByRole('switch', { name: 'Too hot enabled' })
    await toggle.press(' ')
    await tab.getByRole('alert').getByText('The disk is full.').waitFor()
    await becomes(() => toggle.isChecked(), true)
    await tab.unroute('**/api/rules/too-hot')
    await toggle.press(' ')
    await tab.getByText('changed', { exact: true }).waitFor()
    await becomes(() => toggle.isChecked(), false)
  })
})
