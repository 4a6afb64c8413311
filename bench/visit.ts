import { find } from '@hearthwatch/testhouse/need'
import type { Browser, CDPSession } from 'playwright-core'
import { launch } from '../apps/dashboard/test/browser.ts'
import { startDemoWithPast } from '../apps/demo/screenshots/start.ts'
import { against, median, progress } from './report.ts'

/** A mid-range phone on a slow network, with Lighthouse's values: a fourth of the CPU speed, 1.6 Mbit/s, 150 ms round trip. */
const phone = {
  cpu: 4,
  network: { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 },
  screen: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
}
const visits = 5
/** Target for compressed JavaScript at the first visit, KB. */
const mostScript = 80

interface Visit {
  /** Time until the first tile shows a value, ms. */
  filled: number
  /** Bytes over the network, including headers: scripts, and everything. */
  script: number
  all: number
  requests: number
}

/** Measures the loading of the page on a phone, at the first visit and at the next one. */
export async function visit(): Promise<void> {
  if (find('chromium') === undefined) return console.error('The bench "visit" needs Chromium: apt-get install chromium')
  progress('visit: starting a monitor with a year of readings')
  const demo = await startDemoWithPast()
  const browser = await launch()
  try {
    const first: Visit[] = []
    const again: Visit[] = []
    for (let i = 1; i <= visits; i++) {
      progress(`visit: ${i} of ${visits}`)
      const context = await browser.newContext({ locale: 'en-GB', ...phone.screen })
      first.push(await openPage(context, demo.url))
      again.push(await openPage(context, demo.url))
      await context.close()
    }
    const results = { 'first visit': median(first, ({ filled }) => filled), 'next visit': median(again, ({ filled }) => filled) }
    console.log('\nOpening the page with eight rooms on a mid-range phone (a fourth of this CPU) over 1.6 Mbit/s and 150 ms')
    console.table(
      Object.fromEntries(
        Object.entries(results).map(([name, { filled, script, all, requests }]) => [
          name,
          { 'ms to the first value': Math.round(filled), 'KB of scripts': kilobytes(script), 'KB in total': kilobytes(all), requests },
        ]),
      ),
    )
    console.log(
      `The first visit loads ${against(kilobytes(results['first visit'].script), mostScript, 'at most', 1)} KB of compressed script.`,
    )
  } finally {
    await browser.close()
    await demo.close()
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
  // Later requests of the first view count too.
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
