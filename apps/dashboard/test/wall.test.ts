import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import { columnsFor } from '../src/views/wall/grid.ts'
import { becomes, useBrowser } from './browser.ts'

describe('The wall view', need('chromium'), () => {
  const open = useBrowser()

  it('shows all rooms at once in large figures, the worst first, in the dark and without navigation; one group on request', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    for (const name of ['attic', 'bath', 'cellar', 'den', 'entry', 'flat'])
      page.liveState.show(name, 'temperature', { value: name === 'bath' ? -18.6 : 21, time: Date.now(), device: null })
    page.store.labels.put({ room: 'den', name: '書房', icon: null, position: null, group: '樓上' })
    page.addAlert({ room: 'bath', started: Date.now(), fired: Date.now() })
    const tab = await open(t, page.url, { viewport: { width: 1280, height: 800 } })
    await tab.getByRole('link', { name: 'Wall view' }).click()
    await tab.getByRole('heading', { name: 'Wall view', level: 1 }).waitFor()
    const figures = tab.locator('.wall-figure')
    await becomes(() => tab.locator('.wall-tile h2').allInnerTexts(), ['bath', 'attic', 'cellar', 'entry', 'flat', '書房'])
    assert.equal(await tab.getByRole('navigation', { name: 'Views' }).count(), 0)
    await becomes(() => tab.evaluate(() => document.documentElement.dataset.theme), 'dark')
    await becomes(() => tab.evaluate(() => document.documentElement.scrollHeight <= innerHeight), true)
    // Digits of 10 mm on a tablet of 10 inches: a four-hundredth of three metres is the least that can be read.
    await becomes(
      () =>
        figures.evaluateAll((all) =>
          all.every((one) => Number.parseFloat(getComputedStyle(one).fontSize) >= 80 && one.scrollWidth <= one.clientWidth),
        ),
      true,
    )
    await tab.getByRole('link', { name: '樓上' }).click()
    await becomes(() => tab.locator('.wall-tile h2').allInnerTexts(), ['書房'])
    await tab.getByRole('link', { name: 'Leave the wall view' }).click()
    await tab.getByRole('navigation', { name: 'Views' }).waitFor()
    await becomes(() => tab.evaluate(() => document.documentElement.dataset.theme ?? 'auto'), 'auto')
  })

  it('chooses the columns in which tiles are largest', () => {
    assert.deepEqual(
      [
        [1, 1280, 700],
        [6, 1280, 700],
        [2, 800, 1150],
        [12, 1280, 700],
        [40, 1280, 700],
      ].map(([tiles = 0, width = 0, height = 0]) => columnsFor(tiles, width, height)),
      [1, 3, 1, 4, 4],
    )
  })
})
