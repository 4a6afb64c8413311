import type { BrowserContextOptions, Page as Tab } from 'playwright-core'

export interface Shot {
  name: string
  /** Address of the view. */
  hash: string
  options?: BrowserContextOptions
  /** Preferences of the page, stored in the browser. */
  preferences?: Record<string, string>
  /** Steps on the page before the picture is taken. */
  prepare?(tab: Tab): Promise<unknown>
}

const wide = { viewport: { width: 1280, height: 860 } }
const dark = { ...wide, colorScheme: 'dark' } as const
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }
const chinese = { ...wide, locale: 'zh-TW' }

const openFirst = (selector: string) => async (tab: Tab) => {
  await tab.locator(selector).first().click()
}

/** Each view in light mode; the home view and a room also in dark mode, on a phone and in Chinese. */
export const shots: readonly Shot[] = [
  { name: 'home', hash: '#/' },
  { name: 'home-dark', hash: '#/', options: dark },
  { name: 'home-phone', hash: '#/', options: phone },
  { name: 'home-zh-TW', hash: '#/', options: chinese },
  { name: 'room', hash: '#/room/kitchen' },
  { name: 'room-dark', hash: '#/room/living-room', options: dark },
  { name: 'room-phone', hash: '#/room/kitchen', options: { ...phone, colorScheme: 'dark' } },
  { name: 'room-zh-TW', hash: `#/room/${encodeURIComponent('陽台')}?span=year`, options: chinese },
  { name: 'alerts', hash: '#/alerts' },
  { name: 'rules', hash: '#/rules' },
  { name: 'rule', hash: '#/rules/damp', prepare: tryOut },
  { name: 'devices', hash: '#/devices' },
  { name: 'device', hash: '#/devices/pi-living-room' },
  { name: 'notifications', hash: '#/notifications' },
  { name: 'wire', hash: '#/wire', prepare: openWire },
  { name: 'wire-phone', hash: `#/wire?filter=${encodeURIComponent('home/+/temperature')}`, options: { ...phone, locale: 'zh-TW' } },
  { name: 'settings', hash: '#/settings' },
  { name: 'api', hash: '#/api', prepare: openFirst('.api-call button:has-text("/api/readings")') },
]

/** Back-tests a rule on the last week of readings. */
async function tryOut(tab: Tab): Promise<void> {
  await tab.getByLabel('Limit').fill('68')
  await tab.getByRole('button', { name: '7 days' }).click()
  await tab.getByRole('button', { name: 'Run the test' }).click()
  await tab.locator('canvas').first().waitFor()
  await tab.getByRole('button', { name: 'Run the test' }).evaluate((button) => button.closest('section')?.scrollIntoView())
  await tab.mouse.move(0, 0)
}

/** Waits for ten messages, then opens a batch. */
async function openWire(tab: Tab): Promise<void> {
  const record = tab.locator('.wire-entry button', { hasText: '/readings' })
  await record.first().waitFor()
  await tab.locator('.wire-entry').nth(9).waitFor()
  await record.first().click()
  await record.first().evaluate((button) => button.scrollIntoView({ block: 'start' }))
  await tab.mouse.move(0, 0)
}
