import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { need } from '@hearthwatch/testhouse/need'
import { startPage } from '@hearthwatch/testhouse/page-server'
import { assertAccessible } from './axe.ts'
import { useBrowser } from './browser.ts'

describe('Names, icons and order of rooms on the page', need('chromium'), () => {
  const open = useBrowser()
  async function house(t: TestContext, ...rooms: string[]) {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    for (const name of rooms) page.liveState.show(name, 'temperature', { value: 1, time: Date.now(), device: null })
    return page
  }

  it('names, icons and order are changed with the keyboard alone', async (t) => {
    const page = await house(t, 'attic', 'kitchen')
    const tab = await open(t, page.url)
    await tab.getByRole('button', { name: 'Arrange' }).press('Enter')
    await tab.getByLabel('Name of kitchen').fill('Küche')
    await tab.getByLabel('Icon of kitchen').selectOption('🍳')
    await tab.getByRole('button', { name: 'Move Küche up' }).press('Enter')
    await assertAccessible(tab, 'arrange')
    await tab.getByRole('button', { name: 'Save' }).press('Enter')
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
    await tab.getByRole('listitem').filter({ hasText: 'Küche' }).getByText('🍳').waitFor()
    assert.deepEqual(await tab.locator('.tile h2').allInnerTexts(), ['Küche', 'attic'])
    assert.deepEqual(
      page.store.labels.all().map(({ room, name, icon, position }) => [room, name, icon, position]),
      [
        ['kitchen', 'Küche', '🍳', 0],
        ['attic', null, null, 1],
      ],
    )
  })

  it('rooms are reordered by dragging', async (t) => {
    const page = await house(t, 'attic', 'cellar', 'kitchen')
    const tab = await open(t, page.url)
    await tab.getByRole('button', { name: 'Arrange' }).click()
    const [handle, last] = [
      await tab.locator('.arrange-handle').first().boundingBox(),
      await tab.locator('.arrange li').last().boundingBox(),
    ]
    assert.ok(handle && last)
    await tab.mouse.move(handle.x + 5, handle.y + 5)
    await tab.mouse.down()
    await tab.mouse.move(handle.x + 5, last.y + last.height / 2, { steps: 8 })
    await tab.mouse.up()
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
    assert.deepEqual(await tab.locator('.tile h2').allInnerTexts(), ['cellar', 'kitchen', 'attic'])
  })
})
