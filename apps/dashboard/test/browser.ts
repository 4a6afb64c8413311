import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { after, before, type TestContext } from 'node:test'
import { find } from '@hearthwatch/testhouse/need'
import { type Browser, type BrowserContextOptions, chromium, type Page as Tab } from 'playwright-core'

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

export interface OpenOptions extends BrowserContextOptions {
  /** The view: `#/alerts`. */
  hash?: string
  /** The user's choices in the settings: `{ degrees: 'C' }`. */
  preferences?: Record<string, string>
  /** True to allow the service worker of the page. */
  worker?: boolean
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

  return async function open(t: TestContext, url: string, options: OpenOptions = {}): Promise<Tab> {
    const { hash = '', preferences = {}, worker = false, ...rest } = options
    const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: worker ? 'allow' : 'block', ...rest })
    await context.addInitScript((chosen) => {
      for (const [name, value] of Object.entries(chosen)) localStorage.setItem(`hearthwatch.${name}`, value)
    }, preferences)
    context.setDefaultTimeout(15_000)
    const tab = await context.newPage()
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
      await context.close()
      assert.deepEqual(errors, [])
    })
    await tab.goto(new URL(hash === '' ? '/' : `/${hash}`, url).href)
    return tab
  }
}
