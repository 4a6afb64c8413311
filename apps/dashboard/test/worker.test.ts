import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import { useBrowser } from './browser.ts'

describe('The page while the monitor is unreachable', need('chromium'), () => {
  const open = useBrowser()

  it('the page opens with saved rooms and their age, and continues when the monitor is back', async (t) => {
    const page = await startPage({}, { now: Date.now })
    page.liveState.show('kitchen', 'temperature', { value: 21.5, time: Date.now(), device: null })
    const tab = await open(t, page.url, { worker: true })
    await tab.getByText('21.5°C').waitFor()
    await tab.evaluate(async () => {
      await navigator.serviceWorker.ready
      // A new worker takes over the open page.
      if (navigator.serviceWorker.controller === null)
        await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
    })
    const port = Number(new URL(page.url).port)
    await page.close()

    await tab.reload()
    await tab.getByText('21.5°C').waitFor()
    await tab.getByText('These values were saved in this browser at').waitFor()
    await tab.getByText('No connection to the monitor').waitFor()

    const again = await startPage({ HTTP_PORT: port }, { now: Date.now })
    t.after(() => again.close())
    again.liveState.show('kitchen', 'temperature', { value: 23, time: Date.now(), device: null })
    await tab.getByText('23.0°C').waitFor()
    await tab.getByText('These values were saved in this browser at').waitFor({ state: 'detached' })
  })

  it('the page is never served from the cache after an upgrade', async (t) => {
    const page = await startPage({}, { now: Date.now })
    t.after(() => page.close())
    const tab = await open(t, page.url, { worker: true })
    await tab.evaluate(() => navigator.serviceWorker.ready)
    await tab.reload()
    await tab.evaluate(async () => {
      for (const name of await caches.keys()) {
        const cache = await caches.open(name)
        await cache.put('./index.html', new Response('<h1>yesterday</h1>', { headers: { 'content-type': 'text/html' } }))
      }
    })
    await tab.reload()
    await tab.getByRole('heading', { name: 'Home' }).waitFor()
    const kept = await tab.evaluate(async () => {
      const cache = await caches.open((await caches.keys())[0] ?? '')
      return (await cache.keys()).map(({ url }) => new URL(url).pathname)
    })
    assert.ok(kept.includes('/index.html'))
    assert.deepEqual(
      kept.filter((path) => path.startsWith('/api/')),
      [],
    )
  })

  it('the page can be installed', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const tab = await open(t, page.url, { worker: true })
    await tab.evaluate(() => navigator.serviceWorker.ready)
    const debug = await tab.context().newCDPSession(tab)
    const { errors, data } = await debug.send('Page.getAppManifest')
    assert.deepEqual(errors, [])
    const manifest = JSON.parse(data ?? '')
    for (const { src, sizes } of manifest.icons) {
      const size = await tab.evaluate(async (address) => {
        const image = new Image()
        image.src = address
        await image.decode()
        return `${image.naturalWidth}x${image.naturalHeight}`
      }, src)
      if (sizes !== 'any') assert.equal(size, sizes, src)
    }
    const { installabilityErrors } = await debug.send('Page.getInstallabilityErrors')
    // A private window, as in tests, cannot install pages; there must be no other error.
    assert.deepEqual(
      installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
      [],
    )
  })
})
