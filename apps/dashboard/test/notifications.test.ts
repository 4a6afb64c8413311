import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import { startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { newSubscription } from '@hearthwatch/testhouse/servers/push-service'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

const room = '<img src=x onerror=alert(1)>'

describe('The notifications view', need('chromium'), () => {
  const open = useBrowser()
  let ahead = 0
  let inbox: Inbox
  let house: TestMonitor
  before(async () => {
    inbox = await startInbox()
    house = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'somebody@example.com' }, undefined, () => Date.now() + ahead)
  })
  after(async () => {
    await house.close()
    await inbox.close()
  })

  it('the view offers a form while no channel exists, and the forms have the steps of each service', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const tab = await open(t, page.url, { hash: '#/notifications', locale: 'zh-TW' })
    await tab.getByText('目前不會通知任何人').waitFor()
    await assertAccessible(tab, 'no channels')
    await tab.getByRole('button', { name: '新增管道' }).click()
    const form = tab.getByRole('dialog')
    await form.getByLabel('服務').selectOption('line')
    await form.getByText('啟用 Messaging API').waitFor()
    const picture = form.locator('img').first()
    await eventually(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0))
    await form.getByRole('button', { name: '預覽' }).click()
    await form.getByText('31.3', { exact: false }).first().waitFor()
    await assertAccessible(tab, 'the form of LINE')
    await form.getByRole('button', { name: '儲存' }).click()
    await form.getByText('請修正標示的欄位。').waitFor()
    await becomes(() => form.locator('.is-wrong').count(), 2)
  })

  it('this device shows alerts by push messages, and a button on them acknowledges', async (t) => {
    const house = await startTestMonitor()
    t.after(() => house.close())
    const subscription = newSubscription()
    const service = await startHttpReceiver(() => ({ status: 201 }))
    t.after(() => service.close())
    const tab = await open(t, house.url, { hash: '#/settings', worker: true })
    // A browser without a window and without network has neither notifications nor a push service: these are the test's.
    await tab.evaluate(
      (given) => {
        Object.defineProperty(Notification, 'permission', { value: 'granted' })
        Notification.requestPermission = async () => 'granted'
        PushManager.prototype.subscribe = async () => ({ toJSON: () => given }) as unknown as PushSubscription
        PushManager.prototype.getSubscription = async () => null
      },
      { endpoint: `${service.url}/send/abc`, keys: subscription.keys },
    )
    await tab.evaluate(() => (location.hash = '#/notifications'))
    await tab.getByRole('button', { name: 'Show alerts on this device' }).click()
    await tab.getByLabel('Name of this device').fill('tablet')
    await tab.getByRole('dialog').getByRole('button', { name: 'Show alerts on this device' }).click()
    await tab.getByText('Its channel is tablet.').waitFor()
    await assertAccessible(tab, 'this device')

    const guest = await house.client()
    await guest.publishAsync('home/cellar/alert', 'The cellar is wet', { qos: 1 })
    await eventually(() => service.requests.length === 1)
    const [request] = service.requests
    assert.ok(request)
    const { key } = await (await fetch(`${house.url}/api/push-key`)).json()
    const message = subscription.read(request, key)

    const [worker] = tab.context().serviceWorkers()
    assert.ok(worker)
    await worker.evaluate(() => {
      const { registration: own } = self as unknown as ServiceWorkerGlobalScope
      own.showNotification = async (title, options) => void Object.assign(self, { shown: { title, ...options } })
    })
    const debug = await tab.context().newCDPSession(tab)
    const registration = new Promise<string>((resolve) => {
      debug.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => first && resolve(first.registrationId))
    })
    await debug.send('ServiceWorker.enable')
    await debug.send('ServiceWorker.deliverPushMessage', {
      origin: new URL(house.url).origin,
      registrationId: await registration,
      data: JSON.stringify(message),
    })
    const shown = () =>
      worker.evaluate(() => (self as unknown as { shown?: { title: string; tag: string; actions: { title: string }[] } }).shown ?? null)
    await eventually(async () => /cellar/.test((await shown())?.title ?? ''))
    assert.deepEqual([(await shown())?.tag, (await shown())?.actions[0]?.title], [message.tag, 'Acknowledge'])
    await worker.evaluate((data) => {
      const notification = { data, close: () => {} }
      self.dispatchEvent(Object.assign(new Event('notificationclick'), { notification, action: 'acknowledge', waitUntil: () => {} }))
    }, message)
    await eventually(async () => {
      const alerts: { room: string; acknowledged: number | null }[] = await (await fetch(`${house.url}/api/alerts`)).json()
      return alerts.some((alert) => alert.room === 'cellar' && alert.acknowledged !== null)
    })
    await tab.getByRole('button', { name: 'Stop on this device' }).click()
    await tab.getByRole('button', { name: 'Show alerts on this device' }).waitFor()
  })

  it('a channel is added, tested, edited without its password, muted and removed', async (t) => {
    const tab = await open(t, house.url, { hash: '#/notifications?add' })
    const form = tab.getByRole('dialog')
    await form.getByLabel('Name', { exact: true }).fill('phone')
    await form.getByLabel('Mail server').fill(`127.0.0.1:${inbox.port}`)
    await form.getByLabel('Encryption').selectOption('smtp')
    await form.getByLabel('User name').fill('ann')
    await form.getByLabel('Password').fill('hunter2')
    await form.getByLabel('To', { exact: true }).fill('ann@example.com')
    await form.getByRole('button', { name: 'Preview' }).click()
    await form.frameLocator('iframe').getByText('31.3 °C').first().waitFor()
    await form.getByRole('button', { name: 'Save' }).click()
    const channel = tab.getByRole('listitem').filter({ has: tab.getByRole('heading', { name: 'phone' }) })
    await channel.getByRole('button', { name: 'Send a test' }).click()
    assert.deepEqual((await inbox.next()).recipients, ['ann@example.com'])
    await tab.getByRole('region', { name: 'History' }).getByText('phone').waitFor()

    await channel.getByRole('button', { name: 'Edit' }).click()
    await becomes(() => form.getByLabel('Password').inputValue(), '')
    await becomes(() => form.getByLabel('Password').getAttribute('placeholder'), 'set')
    await form.getByLabel('To', { exact: true }).fill('ben@example.com')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    await channel.getByRole('button', { name: 'Mute' }).click()
    await channel.getByText('Gets no messages since').waitFor()
    await becomes(() => channel.getByRole('button', { name: 'Send a test' }).count(), 0)
    await assertAccessible(tab, 'a muted channel')
    await channel.getByRole('button', { name: 'Remove' }).click()
    await form.getByRole('button', { name: 'Remove' }).click()
    await channel.waitFor({ state: 'detached' })
    const env = tab.getByRole('listitem').filter({ has: tab.getByRole('heading', { name: 'mail' }) })
    await env.getByText('from .env').waitFor()
    await becomes(() => env.getByRole('button', { name: 'Edit' }).count(), 0)
    inbox.mails.length = 0
  })

  it('a test is sent by a real mail server, and a second one at once is refused', async (t) => {
    const tab = await open(t, house.url, { hash: '#/notifications' })
    const channel = tab.getByRole('listitem').filter({ has: tab.getByRole('heading', { name: 'mail' }) })
    await channel.getByText('ready').waitFor()
    const button = channel.getByRole('button', { name: 'Send a test' })
    await button.press('Enter')
    const mail = await inbox.next()
    assert.deepEqual(mail.recipients, ['somebody@example.com'])
    await channel.getByText('The test was accepted.').waitFor()
    const history = tab.getByRole('region', { name: 'History' })
    await history.getByRole('listitem').filter({ hasText: 'sent' }).getByText(mail.subject).first().waitFor()
    await button.press('Enter')
    await channel.getByRole('alert').getByText('It was tested a moment ago.').waitFor()
    assert.equal(inbox.mails.length, 1)
  })

  it('a failed test shows its reason', async (t) => {
    ahead += 11_000
    inbox.answers.recipient = () => '550 5.1.1 Nobody <b>of that name</b>'
    const tab = await open(t, house.url, { hash: '#/notifications' })
    await tab.getByRole('button', { name: 'Send a test' }).click()
    await tab.getByText(/The test failed: .*Nobody <b>of that name<\/b>/).waitFor()
    await assertAccessible(tab, 'refused')
    delete inbox.answers.recipient
  })

  it('notifications are listed live with their errors and filtered by state', async (t) => {
    const guest = await house.client()
    const tab = await open(t, house.url, { hash: '#/notifications' })
    guest.publish(`home/${room}/alert`, 'The door is open', { qos: 1 })
    const entries = tab.getByRole('region', { name: 'History' }).getByRole('listitem')
    await entries.filter({ hasText: 'sent' }).getByText(room).first().waitFor()
    await inbox.next((mail) => mail.subject.includes('The door is open'))

    inbox.answers.recipient = () => '550 5.1.1 Nobody of that name'
    guest.publish('home/cellar/alert', 'There is water', { qos: 1 })
    await entries.filter({ hasText: 'failed' }).getByText('Nobody of that name').waitFor()
    delete inbox.answers.recipient
    await tab.getByRole('button', { name: 'failed' }).click()
    await eventually(async () => (await entries.count()) === 2)
    await tab.getByRole('button', { name: 'waiting' }).click()
    await tab.getByText('No notification matches.').waitFor()
    await becomes(() => tab.locator('main img').count(), 0)
  })
})
