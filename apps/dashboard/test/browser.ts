import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { after, before, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { until } from '@hearthwatch/testhouse/eventually'
import { find } from '@hearthwatch/testhouse/need'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page as Tab } from 'playwright-core'

// No background requests, and no sandbox inside a container.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the system's Chromium. Use it in suites with `need('chromium')`. */
export const launch = (): Promise<Browser> => chromium.launch({ executablePath: pathOf(find('chromium') ?? ''), args })

function pathOf(command: string): string {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, command))
  return found.find(existsSync) ?? command
}

/** Asks the page until the answer is the wanted one: what follows a click or an answer of the monitor comes later under load. */
export async function becomes<T>(question: () => Promise<T>, wanted: T): Promise<void> {
  await until(async () => isDeepStrictEqual(await question(), wanted), 15_000)
  assert.deepEqual(await question(), wanted)
}

/** Waits until the element with the keyboard focus has this id or this text. */
export const focusOn = (tab: Tab, name: string): Promise<void> =>
  becomes(() => tab.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim()), name)

export interface OpenOptions extends BrowserContextOptions {
  /** The view: `#/alerts`. */
  hash?: string
  /** The user's choices in the settings: `{ degrees: 'C' }`. */
  preferences?: Record<string, string>
  /** True to allow the service worker of the page. */
  worker?: boolean
}

/**
 * The contexts of a suite. The window of a new one costs Chromium three seconds of CPU, so a test gets one that an earlier
 * test has left, emptied. Its first page stays open and keeps the window.
 */
function shareContexts(browser: () => Browser) {
  const free = new Map<string, BrowserContext[]>()
  return {
    async take(options: BrowserContextOptions): Promise<BrowserContext> {
      const left = free.get(JSON.stringify(options))?.pop()
      if (left !== undefined) return left
      const context = await browser().newContext(options)
      context.setDefaultTimeout(15_000)
      await context.newPage()
      return context
    },

    async giveBack(context: BrowserContext, options: BrowserContextOptions, origin: string): Promise<void> {
      const [first, ...others] = context.pages()
      if (first === undefined) return context.close()
      await Promise.all(others.map((page) => page.close()))
      await context.setOffline(false)
      await context.clearCookies()
      const session = await context.newCDPSession(first)
      await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
      await session.send('Network.clearBrowserCache')
      await session.detach()
      const key = JSON.stringify(options)
      free.set(key, [...(free.get(key) ?? []), context])
    },
  }
}

/**
 * Starts Chromium for a suite; call it in `describe`. `open` opens the page in a new tab. Errors on the page and requests
 * to other servers fail the test.
 */
export function useBrowser() {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())
  const contexts = shareContexts(() => browser)

  return async function open(t: TestContext, url: string, options: OpenOptions = {}): Promise<Tab> {
    const { hash = '', preferences = {}, worker = false, ...rest } = options
    const chosen = { locale: 'en-GB', serviceWorkers: worker ? 'allow' : 'block', ...rest } as const
    const context = await contexts.take(chosen)
    const tab = await context.newPage()
    await tab.addInitScript((chosen) => {
      for (const [name, value] of Object.entries(chosen)) localStorage.setItem(`hearthwatch.${name}`, value)
    }, preferences)
    const errors: string[] = []
    tab.on('pageerror', (error) => errors.push(error.stack ?? error.message))
    tab.on('dialog', (dialog) => errors.push(`dialog ${dialog.message()}`))
    tab.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) errors.push(message.text())
    })
    tab.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) errors.push(request.url())
    })
    t.after(async () => {
      if (worker) await context.close()
      else await contexts.giveBack(context, chosen, new URL(url).origin)
      // A part that was loading while the test closed its page is no fault of the page.
      const isGone = await fetch(url).then(
        () => false,
        () => true,
      )
      const cut = /Unable to preload CSS|Failed to fetch dynamically imported module/
      assert.deepEqual(
        errors.filter((error) => !isGone || !cut.test(error)),
        [],
      )
    })
    await tab.goto(new URL(hash === '' ? '/' : `/${hash}`, url).href)
    return tab
  }
}
