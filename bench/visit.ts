import { find } from '@hearthwatch/testhouse/need'
import type { Browser, CDPSession } from 'playwright-core'
import { launch } from '../apps/dashboard/test/browser.ts'
import { startDemoWithPast } from '../apps/demo/screenshots/start.ts'
import { against, median, progress } from './report.ts'

/** A phone of the middle class on a weak network, as Lighthouse has it: a fourth of the speed, 1.6 Mbit/s, 150 ms there and back. */
const phone = {
  cpu: 4,
  network: { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 },
  screen: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
}
const visits = 5
/** KB of compressed JavaScript at a first visit. */
const mostScript = 80

interface Visit {
  /** ms until the first value stands in its tile, and until the first curve is drawn. */
  filled: number
  /** Bytes over the network, headers included, of scripts and of all. */
  script: number
  all: number
  requests: number
}

/** How long a phone waits for the house at a first visit, and at the next one. */
export async function visit(): Promise<void> {
  if (find('chromium') === undefined) return console.error('The bench of a visit needs Chromium: apt-get install chromium')
  progress('visit: a house is furnished')
  const house = await startDemoWithPast()
  const browser = await launch()
  try {
    const first: Visit[] = []
    const again: Visit[] = []
    for (let i = 1; i <= visits; i++) {
      progress(`visit: ${i} of ${visits}`)
      const context = await browser.newContext({ locale: 'en-GB', ...phone.screen })
      first.push(await openPage(context, house.url))
      again.push(await openPage(context, house.url))
      await context.close()
    }
    const results = { 'first visit': median(first, ({ filled }) => filled), 'next visit': median(again, ({ filled }) => filled) }
    console.log('\nOpening the page on a phone of the middle class (a fourth of this CPU) over 1.6 Mbit/s and 150 ms, eight rooms')
    console.table(
      Object.fromEntries(
        Object.entries(results).map(([name, { filled, script, all, requests }]) => [
          name,
          { 'ms to a filled tile': Math.round(filled), 'KB of script': kilobytes(script), 'KB of all': kilobytes(all), requests },
        ]),
      ),
    )
    console.log(
      `The first visit loads ${against(kilobytes(results['first visit'].script), mostScript, 'at most', 1)} KB of compressed script.`,
    )
  } finally {
    await browser.close()
    await house.close()
  }
}

type Context = Awaited<ReturnType<Browser['newContext']>>

async function openPage(context: Context, url: string): Promise<Visit> {
  const tab = await context.newPage()
  const session = await context.newCDPSession(tab)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', phone.network)
  await session.send('Emulation.setCPUThrottlingRate', { rate: phone.cpu })
  const bytes = countBytes(session)
  await tab.goto(url, { waitUntil: 'commit' })
  const filled = await tab.waitForFunction(() => {
    const value = document.querySelector('.tile-value')
    return value !== null && /\d/.test(value.textContent) ? performance.now() : false
  })
  const at = Number(await filled.jsonValue())
  // What the first view still fetches counts, too.
  await tab.waitForTimeout(1500)
  const { script, all, requests } = bytes
  await tab.close()
  return { filled: at, script, all, requests }
}

function countBytes(session: CDPSession): { script: number; all: number; requests: number } {
  const counts = { script: 0, all: 0, requests: 0 }
  const scripts = new Set<string>()
  session.on('Network.responseReceived', ({ requestId, type }) => {
    counts.requests += 1
    if (type === 'Script') scripts.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    counts.all += encodedDataLength
    if (scripts.has(requestId)) counts.script += encodedDataLength
  })
  return counts
}

const kilobytes = (bytes: number) => Math.round(bytes / 102.4) / 10
