import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page as Tab } from 'playwright-core'
import type { Shot } from './shots.ts'

/** A picture is taken after this time without a request, in ms, or at the timeout. */
const quietTime = 700
const quietTimeout = 8000

/** Takes the picture. @returns its size in bytes */
export async function take(
  browser: Browser,
  url: string,
  folder: string,
  { name, hash, options, preferences = {}, prepare }: Shot,
): Promise<number> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Asia/Taipei',
    viewport: { width: 1280, height: 860 },
    colorScheme: 'light',
    serviceWorkers: 'block',
    reducedMotion: 'reduce',
    ...options,
  })
  try {
    await context.addInitScript(
      (chosen) => {
        for (const [key, value] of Object.entries(chosen)) localStorage.setItem(`hearthwatch.${key}`, value)
      },
      { degrees: 'C', ...preferences },
    )
    const tab = await context.newPage()
    await tab.goto(`${url}/${hash}`)
    await tab.locator('main h1').first().waitFor()
    await settled(tab)
    await prepare?.(tab)
    await settled(tab)
    const session = await context.newCDPSession(tab)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 })
    const picture = Buffer.from(data, 'base64')
    await writeFile(join(folder, `${name}.webp`), picture)
    return picture.length
  } finally {
    await context.close()
  }
}

/** Waits until all requests are answered and drawn, or for the timeout, because a live page never stops its requests. */
async function settled(tab: Tab): Promise<void> {
  let open = 0
  let since = Date.now()
  const begin = Date.now()
  const onStart = () => {
    open += 1
    since = Date.now()
  }
  const onEnd = () => {
    open = Math.max(0, open - 1)
    since = Date.now()
  }
  tab.on('request', onStart).on('requestfinished', onEnd).on('requestfailed', onEnd)
  while (Date.now() - since < quietTime && Date.now() - begin < quietTimeout) await tab.waitForTimeout(100)
  tab.off('request', onStart).off('requestfinished', onEnd).off('requestfailed', onEnd)
}
