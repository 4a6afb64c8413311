import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Notification } from '@hearthwatch/api/notifications'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type Inbox, type Mail, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { MqttClient } from 'mqtt'

/** The default grouping times divided by five. s */
const pace = { GROUP_WAIT: '0.4', GROUP_INTERVAL: '6' }

describe('A house with 200 alerts at once', () => {
  let inbox: Inbox
  let house: TestMonitor
  let client: MqttClient
  before(async () => {
    inbox = await startInbox()
    house = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'ann@example.org', PUBLIC_URL: 'http://127.0.0.1:8080', ...pace })
    client = await house.client()
  })
  after(async () => {
    await house.close()
    await inbox.close()
  })

  it('sends 200 alerts that fire within two seconds in at most two mails, which list or count each alert', async () => {
    const rooms = Array.from({ length: 200 }, (_, i) => `room-${i}`)
    for (const [i, room] of rooms.entries()) {
      client.publish(`home/${room}/temperature`, '35.5')
      if (i % 10 === 9) await delay(100)
    }
    await eventually(async () => {
      const rows = await house.get<Notification[]>('/api/notifications')
      return rows.flatMap(({ about }) => about).length === 200 && rows.every(({ state }) => state === 'sent')
    }, 25_000)
    assert.ok(inbox.mails.length <= 2, `${inbox.mails.length} mails`)
    const counted = inbox.mails.map(({ text }) => {
      const listed = new Set([...text.matchAll(/room-\d+/g)].map(([room]) => room)).size
      return listed + Number(/… and (\d+) more/.exec(text)?.[1] ?? 0)
    })
    assert.equal(
      counted.reduce((sum, count) => sum + count, 0),
      200,
      `${counted}`,
    )
    for (const { html } of inbox.mails) assert.ok(html.length < 100_000, 'longer ones are cut by mail programs')
    const listed = await house.get<Notification[]>('/api/notifications')
    assert.equal(listed.length, inbox.mails.length, 'a row a message')
    assert.deepEqual([listed[0]?.severity, listed[0]?.kind, listed[0]?.about[0]?.rule], ['critical', 'alert', 'too-hot'])
  })

  it('lists its channels, and tests them with real messages', async () => {
    const shown = {
      name: 'mail',
      kind: 'mail',
      recipients: 1,
      paused: false,
      error: null,
      errorWords: null,
      quiet: false,
      budget: null,
      source: 'env',
      muted: null,
    }
    assert.deepEqual(await house.get('/api/channels'), [shown])
    const answer = await fetch(new URL('/api/channels/mail/test', house.url), { method: 'POST' })
    assert.deepEqual(await answer.json(), { ok: true })
    await inbox.next(({ subject }) => subject.startsWith('Test: '))
    const [test] = await house.get<Notification[]>('/api/notifications')
    assert.deepEqual([test?.kind, test?.state, test?.channel], ['test', 'sent', 'mail'])
    inbox.mails.splice(
      inbox.mails.findIndex(({ subject }) => subject.startsWith('Test: ')),
      1,
    )
  })

  it('acknowledges all 200 alerts by the links in these mails', async () => {
    const open = async () => (await house.get<Alert[]>('/api/alerts')).filter(({ acknowledged }) => acknowledged === null)
    assert.equal((await open()).length, 200)
    for (const { text } of inbox.mails) {
      const path = /http:\/\/127\.0\.0\.1:8080(\/a\/\S+)/.exec(text)?.[1] ?? ''
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      assert.equal((await fetch(new URL(path, house.url), { method: 'POST', headers })).status, 200)
    }
    assert.equal((await open()).length, 0)
  })
})

describe('Room names and texts with headers, markup or addresses in them', () => {
  it('are delivered as plain text: no header, no markup, no second recipient', async (t) => {
    const inbox = await startInbox()
    const house = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'ann@example.org', GROUP_WAIT: '0' })
    t.after(async () => {
      await house.close()
      await inbox.close()
    })
    const client = await house.client()
    const rooms = [
      '<img src=x onerror=alert(1)>',
      'a"\'&<b>b',
      'Bcc: eve@example.org',
      '=?utf-8?Q?=0D=0ABcc:_eve@example.org?=',
      '{"path":"passwd"}',
    ]
    for (const room of rooms) client.publish(`home/${room}/temperature`, '35.5')
    const said = 'Hot\r\nBcc: eve@example.org\r\n\r\n.\r\n<script>alert(1)</script>'
    client.publish('home/shed/alert', said, { qos: 1 })
    const isAllThere = (mails: Mail[]) => [...rooms, 'shed'].every((room) => mails.some(({ text }) => text.includes(room)))
    await eventually(() => isAllThere(inbox.mails))
    for (const { recipients, parsed, html, raw, subject } of inbox.mails) {
      assert.deepEqual(recipients, ['ann@example.org'])
      assert.ok(!parsed.headers.has('bcc') && !parsed.headers.has('cc'))
      assert.doesNotMatch(html, /<img|<script|<b>/)
      assert.doesNotMatch(subject, /[\r\n]/)
      assert.deepEqual(parsed.to, parsed.to && { ...parsed.to, text: 'ann@example.org' })
      assert.doesNotMatch(raw.split('\r\n\r\n')[0] ?? '', /^Bcc/im)
    }
    assert.ok(inbox.mails.some(({ text }) => text.includes('“Hot Bcc: eve@example.org')))
  })
})
