import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

describe('Names, icons and order of rooms on the page', need('chromium'), () => {
  const open = useBrowser()
  async function house(t: TestContext, ...rooms: string[]) {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    for (const name of rooms) page.liveState.show(name, 'temperature', { value: 1, time: Date.now(), device: null })
    return page
  }

  it('names, icons, groups and order are changed with the keyboard alone; a group is a heading', async (t) => {
    const page = await house(t, 'attic', 'kitchen')
    const tab = await open(t, page.url)
    await tab.getByRole('button', { name: 'Arrange' }).press('Enter')
    await tab.getByLabel('Name of kitchen').fill('Küche')
    await tab.getByLabel('Group of kitchen').fill(' 一樓 ')
    await tab.getByLabel('Icon of kitchen').selectOption('🍳')
    await tab.getByRole('button', { name: 'Move Küche up' }).press('Enter')
    await assertAccessible(tab, 'arrange')
    await tab.getByRole('button', { name: 'Save' }).press('Enter')
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
    await tab.getByRole('listitem').filter({ hasText: 'Küche' }).getByText('🍳').waitFor()
    await tab.getByRole('region', { name: '一樓' }).getByRole('heading', { name: 'Küche', level: 3 }).waitFor()
    await tab.getByRole('region', { name: 'Other rooms' }).getByRole('heading', { name: 'attic', level: 3 }).waitFor()
    await assertAccessible(tab, 'groups')
    assert.deepEqual(
      page.store.labels.all().map(({ room, name, icon, position, group }) => [room, name, icon, position, group]),
      [
        ['kitchen', 'Küche', '🍳', 0, '一樓'],
        ['attic', null, null, 1, null],
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
    await becomes(() => tab.locator('.tile-name').allInnerTexts(), ['cellar', 'kitchen', 'attic'])
  })
})
