import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { after, before, type TestContext } from 'node:test'
import { find } from '@hearthwatch/testhouse/need'
import { type Browser, type BrowserContextOptions, chromium, type Page as Tab } from 'playwright-core'

// Quiet on the network and at home in a container.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The system's Chromium. Use it where `need('chromium')` has let the suite run. */
export const launch = (): Promise<Browser> => chromium.launch({ executablePath: pathOf(find('chromium') ?? ''), args })

function pathOf(command: string): string {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, command))
  return found.find(existsSync) ?? command
}

export interface Opening extends BrowserContextOptions {
  /** Where to go on the page: `#/alerts`. */
  hash?: string
  /** What a person has chosen in the settings: `{ degrees: 'C' }`. */
  preferences?: Record<string, string>
  /** The worker of the page, which keeps it for when the monitor is away; left out unless the test is about it. */
  worker?: boolean
}

/**
 * Chromium for the suite in whose `describe` this is called. `open` shows the page in a tab of its own; what goes wrong in
 * it fails the test, and so does asking anybody else for anything.
 */
export function useBrowser() {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  return async function open(t: TestContext, url: string, options: Opening = {}): Promise<Tab> {
    const { hash = '', preferences = {}, worker = false, ...rest } = options
    const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: worker ? 'allow' : 'block', ...rest })
    await context.addInitScript((chosen) => {
      for (const [name, value] of Object.entries(chosen)) localStorage.setItem(`hearthwatch.${name}`, value)
    }, preferences)
    context.setDefaultTimeout(15_000)
    const tab = await context.newPage()
    const wrong: string[] = []
    tab.on('pageerror', (error) => wrong.push(error.stack ?? error.message))
    tab.on('dialog', (dialog) => wrong.push(`dialog ${dialog.message()}`))
    tab.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) wrong.push(message.text())
    })
    tab.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) wrong.push(request.url())
    })
    t.after(async () => {
      await context.close()
      assert.deepEqual(wrong, [])
    })
    await tab.goto(new URL(hash === '' ? '/' : `/${hash}`, url).href)
    return tab
  }
}
