import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { need } from '../../../test/need.ts'
import { assertAccessible } from './axe.ts'
import { useBrowser } from './browser.ts'
import { isDrawn, startKitchen } from './kitchen.ts'

describe('A rule', need('chromium'), () => {
  const open = useBrowser()

  it('is tried out on the stored readings, which shows what it would have told, and is saved', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/rules/new', wishes: { degrees: 'C' } })
    await tab.getByLabel('Name').fill('warm')
    await tab.getByLabel('Limit').fill('23.5')
    await tab.getByLabel('Where').fill('kit*')
    await tab.getByLabel('For how long (minutes)', { exact: true }).fill('0')
    await tab.getByRole('button', { name: 'Try it out' }).click()
    // Every fifth reading of a day of them is 24 °C.
    const outcome = tab.getByText(/^It would have told you 2\d times \(14\d readings judged\)\.$/)
    await outcome.first().waitFor()
    await isDrawn(tab)
    await tab.locator('.trial-list li').first().getByText('kitchen').waitFor()
    assert.equal((await page.ask('/api/alerts')).json.length, 0, 'nothing has happened')
    await assertAccessible(tab)

    await tab.getByLabel('Limit').fill('40')
    await tab.getByRole('button', { name: 'Try it out' }).click()
    await tab
      .getByText(/^It would have told nobody anything/)
      .first()
      .waitFor()

    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByRole('link', { name: 'warm' }).waitFor()
    const saved = (await page.ask('/api/rules/warm')).json
    assert.deepEqual([saved.condition, saved.limit, saved.rooms, saved.enabled], ['above', 40, 'kit*', true])
  })

  it('is told which field is wrong, and is not saved', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/rules/new', wishes: { degrees: 'C' } })
    await tab.getByLabel('Name').fill('Too Warm!')
    await tab.getByLabel('Limit').fill('25')
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.locator('.trouble').first().waitFor()
    assert.equal((await page.ask('/api/rules')).json.filter(({ builtIn }: { builtIn: boolean }) => !builtIn).length, 0)
  })

  it('is switched off and on, and a built-in one is put back as it was', async (t) => {
    const page = await startKitchen(t)
    const rule = async () => (await page.ask('/api/rules/too-hot')).json
    const tab = await open(t, page.url, { hash: '#/rules', wishes: { degrees: 'C' } })
    const toggle = tab.getByRole('switch', { name: 'too-hot is on' })
    await toggle.click()
    await tab.getByText('changed', { exact: true }).waitFor()
    assert.equal((await rule()).enabled, false)
    await tab.getByRole('link', { name: 'too-hot' }).click()
    await tab.getByRole('button', { name: 'Back to built in' }).click()
    await toggle.waitFor()
    assert.equal((await rule()).enabled, true)
  })
})
