import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import type { Locator, Page as Tab } from 'playwright-core'
import { useBrowser } from './browser.ts'

/** Interactions of a person with the page: presses, choices and typed texts. */
function createHand() {
  let count = 0
  const counted = <Rest extends unknown[]>(act: (target: Locator, ...rest: Rest) => Promise<unknown>) => {
    return (target: Locator, ...rest: Rest) => {
      count += 1
      return act(target, ...rest)
    }
  }
  return {
    press: counted((target) => target.click()),
    type: counted((target, text: string) => target.fill(text)),
    choose: counted((target, label: string) => target.selectOption({ label })),
    get count() {
      return count
    },
  }
}
type Hand = ReturnType<typeof createHand>

interface Task {
  name: string
  /** Interactions at most, from Home. */
  most: number
  run(hand: Hand, tab: Tab, page: Page): Promise<void>
}

const go = (tab: Tab, name: string) => tab.getByRole('navigation').getByRole('link', { name })
const room = (tab: Tab, name: string) => tab.getByRole('link', { name, exact: true })
const tile = (tab: Tab, name: string) => tab.getByRole('listitem').filter({ has: tab.getByRole('heading', { name }) })

const tasks: readonly Task[] = [
  {
    name: 'silence the kitchen until tomorrow',
    most: 3,
    async run(hand, tab, page) {
      await hand.press(tile(tab, 'kitchen').getByRole('button', { name: 'Silence alerts of kitchen' }))
      await hand.press(tab.getByRole('button', { name: 'until tomorrow, 8:00' }))
      await hand.press(tab.getByRole('dialog').getByRole('button', { name: 'Save' }))
      await tab.getByRole('button', { name: /^Silenced until/ }).waitFor()
      const [silence, ...more] = page.store.silences.active(Date.now())
      assert.deepEqual([silence?.room, more], ['kitchen', []])
      // The next hand finds the house as this one did.
      await page.ask(`/api/silences/${silence?.id}`, { method: 'DELETE' })
    },
  },
  {
    name: 'read the lowest of the freezer in the last night',
    most: 2,
    async run(hand, tab) {
      await hand.press(room(tab, 'freezer'))
      await hand.press(tab.getByRole('button', { name: 'Last night' }))
      await tab.getByText(/lowest.*-19\.4/i).waitFor()
    },
  },
  {
    name: 'rename a room',
    most: 3,
    async run(hand, tab, page) {
      await hand.press(tab.getByRole('button', { name: 'Arrange' }))
      await hand.type(tab.getByLabel('Name of bath'), '浴室')
      await hand.press(tab.getByRole('dialog').getByRole('button', { name: 'Save' }))
      await tab.getByRole('heading', { name: '浴室' }).waitFor()
      await page.ask('/api/labels/bath', { method: 'PUT', body: { name: null, icon: null, position: null } })
    },
  },
  {
    name: 'compare this week with the last',
    most: 3,
    async run(hand, tab) {
      await hand.press(room(tab, 'kitchen'))
      await hand.press(tab.getByRole('button', { name: 'Week', exact: true }))
      await hand.choose(tab.getByLabel('Compare with'), 'the week before')
      await tab
        .getByText(/the week before/)
        .last()
        .waitFor()
    },
  },
  {
    name: 'learn why no message came',
    most: 1,
    async run(hand, tab) {
      await hand.press(go(tab, 'Notifications'))
      await tab
        .getByText(/ntfy server 127\.0\.0\.1/)
        .first()
        .waitFor()
    },
  },
  {
    name: 'be warned of more than 68 % in the bathroom for 30 minutes',
    most: 6,
    async run(hand, tab, page) {
      await hand.press(go(tab, 'Rules'))
      await hand.press(tab.getByRole('link', { name: 'New rule' }))
      await hand.press(tab.getByRole('button', { name: 'Too damp' }))
      await hand.type(tab.getByLabel('Limit (%)'), '68')
      await hand.type(tab.getByLabel('For how long (minutes)', { exact: true }), '30')
      await hand.press(tab.getByRole('button', { name: 'Save' }))
      await tab.getByText(/above 68.*%/).waitFor()
      const rule = page.store.rules.all().find(({ quantity }) => quantity === 'humidity')
      assert.deepEqual([rule?.limit, rule?.for], [68, 1800])
      await page.ask(`/api/rules/${rule?.name}`, { method: 'DELETE' })
    },
  },
  {
    name: 'save March as CSV',
    most: 4,
    async run(hand, tab) {
      await hand.press(room(tab, 'kitchen'))
      await hand.press(tab.getByRole('button', { name: 'Export' }))
      const march = new Date().getMonth() >= 2 ? new Date().getFullYear() : new Date().getFullYear() - 1
      await hand.choose(tab.getByRole('dialog').getByLabel('Dates'), `March ${march}`)
      const [table] = await Promise.all([tab.waitForEvent('download'), hand.press(tab.getByRole('link', { name: 'Download' }))])
      assert.match(table.suggestedFilename(), new RegExp(`${march}-03-01.*${march}-03-31`))
    },
  },
  {
    name: 'send oneself a test',
    most: 2,
    async run(hand, tab) {
      await hand.press(go(tab, 'Notifications'))
      await hand.press(tab.getByRole('button', { name: 'Send a test' }).first())
      await tab.getByText(/test/i).first().waitFor()
    },
  },
  {
    name: 'find the emptiest battery',
    most: 1,
    async run(hand, tab) {
      await hand.press(go(tab, 'Devices'))
      const first = tab.getByRole('region', { name: 'Batteries' }).getByRole('listitem').first()
      await first.getByText('garden').waitFor()
      assert.match(await first.innerText(), /garden[\s\S]*\b7\s?%/)
      const falling = tab.getByRole('region', { name: 'Batteries' }).getByRole('listitem').nth(1)
      await falling.getByText(/about (39|40) days left/).waitFor()
    },
  },
]

describe('A person at the page', need('chromium'), () => {
  const open = useBrowser()
  let page: Page
  before(async () => {
    page = await startPage({}, { now: Date.now })
    page.clock.now = Date.now()
    const times = Array.from({ length: 14 * 48 }, (_, i) => Date.now() - i * 30 * minute).reverse()
    const show = (name: string, quantity: string, value: number, values: readonly (readonly [number, number])[]) => {
      page.addReadings(name, values, 'pi-1', quantity)
      page.liveState.show(name, quantity, { value, time: Date.now(), device: 'pi-1' })
    }
    // It lies in the last night at any hour, also at two o'clock.
    const yesterdayAtEleven = new Date().setHours(-1, 0, 0, 0)
    show(
      'kitchen',
      'temperature',
      21,
      times.map((time, i) => [time, 20 + (i % 5)] as const),
    )
    show('freezer', 'temperature', -18.5, [...times.map((time) => [time, -18.5] as const), [yesterdayAtEleven + 1, -19.4]])
    show(
      'bath',
      'humidity',
      55,
      times.map((time) => [time, 55] as const),
    )
    show('garden', 'battery', 7, [[Date.now(), 7]])
    show('attic', 'battery', 80, [[Date.now(), 80]])
    show(
      'shed',
      'battery',
      40,
      Array.from({ length: 41 }, (_, i) => [Date.now() - (40 - i) * 24 * hour, 80 - i] as const),
    )
    const channel = { name: 'phone', kind: 'ntfy', fields: { server: 'http://127.0.0.1:9', topic: 'house' } }
    assert.equal((await page.ask('/api/channels', { method: 'POST', body: channel })).status, 201)
    await page.ask('/api/channels/phone/test', { method: 'POST' })
  })
  after(() => page.close())

  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
  async function perform({ most, run }: Task, tab: Tab): Promise<void> {
    await tile(tab, 'kitchen').waitFor()
    const hand = createHand()
    await run(hand, tab, page)
    assert.ok(hand.count <= most, `${hand.count} interactions`)
  }
  for (const task of tasks)
    it(`takes at most ${task.most === 1 ? '1 interaction' : `${task.most} interactions`} to ${task.name}`, async (t) => {
      await perform(task, await open(t, page.url, { preferences: { degrees: 'C' } }))
    })

  it('takes no more interactions on a phone', async (t) => {
    // One tab for all, which costs less.
    const tab = await open(t, page.url, { preferences: { degrees: 'C' }, ...phone })
    for (const task of tasks)
      await t.test(task.name, async () => {
        await tab.goto(page.url)
        await perform(task, tab)
      })
  })
})
