import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Channel, ChannelKind, ChannelPreview, FilledForm } from '@hearthwatch/api/channels'
import type { Notification } from '@hearthwatch/api/notifications'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { newSubscription } from '@hearthwatch/testhouse/servers/push-service'

const token = 'a token for programs'
const password = 'open sesame'
const secret = 'hunter2&/?#'

describe('Channels made on the page', () => {
  let inbox: Inbox
  let monitor: TestMonitor
  let cookie = ''
  const fields = () => ({ server: `127.0.0.1:${inbox.port}`, encryption: 'smtp', user: 'ann', password: secret, to: 'ann@example.org' })

  async function ask(method: string, path: string, body?: object, headers: Record<string, string> = { cookie }) {
    const answer = await fetch(`${monitor.url}${path}`, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    assert.ok(!text.includes('hunter2'), 'no answer has the secret')
    return { status: answer.status, json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text, headers: answer.headers }
  }
  const listed = async (name: string) => ((await ask('GET', '/api/channels')).json as Channel[]).find((one) => one.name === name)
  const login = async () => {
    const answer = await fetch(`${monitor.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    })
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  const alert = async (text: string) => {
    const guest = await monitor.client()
    await guest.publishAsync(`home/${text}/alert`, text, { qos: 1 })
  }
  const told = (channel: string) =>
    eventually(async () => {
      const all: Notification[] = (await ask('GET', '/api/notifications')).json
      return all.some((one) => one.channel === channel && one.kind === 'alert' && one.state === 'sent')
    })

  before(async () => {
    inbox = await startInbox()
    monitor = await startTestMonitor({
      DASHBOARD_PASSWORD: password,
      API_TOKEN: token,
      NOTIFY_URLS: `${inbox.url}?to=env@example.org&name=house`,
      GROUP_WAIT: '0',
      GROUP_INTERVAL: '0',
    })
    await login()
  })
  after(async () => {
    await monitor.close()
    await inbox.close()
  })

  it('are written by a person alone: not by a token, not without a login, not from another site', async () => {
    const body = { name: 'phone', kind: 'mail', fields: fields() }
    const bearer = { authorization: `Bearer ${token}` }
    assert.equal((await ask('POST', '/api/channels', body, {})).status, 401)
    for (const [method, path, sent] of [
      ['POST', '/api/channels', body],
      ['PUT', '/api/channels/house', { fields: {} }],
      ['PUT', '/api/channels/house/muted', { muted: true }],
      ['DELETE', '/api/channels/house', undefined],
      ['GET', '/api/channels/house', undefined],
    ] as const)
      assert.equal((await ask(method, path, sent, bearer)).status, 403, `${method} ${path}`)
    assert.equal((await ask('POST', '/api/channels', body, { cookie, 'sec-fetch-site': 'cross-site' })).status, 403)
    assert.equal(await listed('phone'), undefined)
  })

  it('send at once, with a test in the history, beside those of the settings, which are read only', async () => {
    const { status, json } = await ask('POST', '/api/channels', { name: 'phone', kind: 'mail', fields: fields() })
    assert.equal(status, 201, JSON.stringify(json))
    assert.deepEqual([json.source, json.recipients, json.muted], ['page', 1, null])
    assert.equal((await listed('house'))?.source, 'env')
    for (const [method, path, body] of [
      ['PUT', '/api/channels/house', { fields: fields() }],
      ['PUT', '/api/channels/house/muted', { muted: true }],
      ['DELETE', '/api/channels/house', undefined],
    ] as const)
      assert.equal((await ask(method, path, body)).status, 409)
    const logins: unknown[] = []
    inbox.answers.login = (user, password) => void logins.push([user, password])
    assert.deepEqual((await ask('POST', '/api/channels/phone/test')).json, { ok: true })
    assert.deepEqual((await inbox.next()).recipients, ['ann@example.org'])
    assert.deepEqual(logins, [['ann', secret]])
    const [test]: Notification[] = (await ask('GET', '/api/notifications')).json
    assert.deepEqual([test?.channel, test?.kind, test?.state], ['phone', 'test', 'sent'])
    await alert('The door is open')
    await told('phone')
    assert.deepEqual((await ask('GET', '/metrics')).json.match(/channel="phone",state="sent"} \d/)?.[0], 'channel="phone",state="sent"} 1')
  })

  it('keep a secret that is not given again, and refuse to send it to another server', async () => {
    const form: FilledForm = (await ask('GET', '/api/channels/phone')).json
    assert.deepEqual(form.secrets, ['password'])
    assert.deepEqual(form.fields, { server: `127.0.0.1:${inbox.port}`, encryption: 'smtp', user: 'ann', to: 'ann@example.org' })
    const changed = { ...form.fields, to: 'ben@example.org', severity: 'info' }
    assert.equal((await ask('PUT', '/api/channels/phone', { fields: changed })).status, 200)
    const logins: unknown[] = []
    inbox.answers.login = (user, password) => void logins.push([user, password])
    await ask('POST', '/api/channels/phone/test')
    const elsewhere = await ask('PUT', '/api/channels/phone', { fields: { ...changed, server: 'mail.evil.example' } })
    assert.deepEqual([elsewhere.status, elsewhere.json.fields], [400, [{ field: 'password', problem: 'missing' }]])
    const { json } = await ask('PUT', '/api/channels/phone', { fields: { ...changed, password: null } })
    assert.equal(json.name, 'phone')
    assert.deepEqual((await ask('GET', '/api/channels/phone')).json.secrets, [])
    await ask('PUT', '/api/channels/phone', { fields: { ...changed, password: secret } })
  })

  it('get nothing while they are muted, also after a restart', async () => {
    assert.ok((await ask('PUT', '/api/channels/phone/muted', { muted: true })).json.muted > 0)
    await monitor.restart()
    assert.ok(((await listed('phone'))?.muted ?? 0) > 0)
    assert.equal((await ask('POST', '/api/channels/phone/test')).status, 409)
    inbox.mails.length = 0
    await alert('The window is open')
    await inbox.next((mail) => mail.recipients.includes('env@example.org') && mail.subject.includes('window'))
    assert.deepEqual(monitor.rows(`SELECT id FROM notification WHERE channel = 'phone' AND content LIKE '%The window%'`), [])
    assert.equal((await ask('PUT', '/api/channels/phone/muted', { muted: false })).json.muted, null)
    await alert('The roof is open')
    await inbox.next((mail) => mail.recipients.includes('ben@example.org') && mail.subject.includes('roof'))
  })

  it('with wrong fields are refused, and the answer names the fields', async () => {
    const add = (body: object) => ask('POST', '/api/channels', body)
    for (const [body, field, problem, status] of [
      [{ name: 'phone', kind: 'mail', fields: fields() }, 'name', 'taken', 409],
      [{ name: 'house', kind: 'mail', fields: fields() }, 'name', 'taken', 409],
      [{ name: 'a/b', kind: 'mail', fields: fields() }, 'name', 'wrong-format', 400],
      [{ name: 'x', kind: 'pigeon', fields: {} }, 'kind', 'not-one-of', 400],
      [{ name: 'x', kind: 'mail', fields: { ...fields(), to: 'nobody' } }, 'to', 'wrong-format', 400],
      [{ name: 'x', kind: 'ntfy', fields: { server: 'https://ntfy.sh' } }, 'topic', 'missing', 400],
    ] as const) {
      const { status: got, json } = await add(body)
      assert.deepEqual([got, json.fields], [status, [{ field, problem }]])
    }
    assert.equal((await add({ name: 'x', kind: 'mail' })).status, 400)
    assert.equal((await ask('PUT', '/api/channels/pigeon', { fields: {} })).status, 404)
  })

  it('of each kind have a form and a preview, which sends nothing', async () => {
    const kinds: ChannelKind[] = (await ask('GET', '/api/channel-kinds')).json
    assert.deepEqual(kinds.map(({ kind }) => kind).sort(), [
      'browser',
      'discord',
      'line',
      'mail',
      'ntfy',
      'slack',
      'telegram',
      'twilio',
      'webhook',
    ])
    const before = inbox.mails.length
    for (const { kind } of kinds) {
      const preview: ChannelPreview = (await ask('GET', `/api/channel-kinds/${kind}/preview`)).json
      assert.match(preview.text, /31\.3/, kind)
      assert.equal(preview.html !== null, kind === 'mail')
    }
    const page = await ask('GET', '/api/channel-kinds/mail/preview.html')
    assert.match(String(page.json), /^<!DOCTYPE html>/i)
    assert.match(page.headers.get('content-security-policy') ?? '', /sandbox; frame-ancestors 'self'/)
    assert.equal((await ask('GET', '/api/channel-kinds/ntfy/preview.html')).status, 404)
    assert.equal((await ask('GET', '/api/channel-kinds/pigeon/preview')).status, 404)
    assert.equal(inbox.mails.length, before)
  })

  it('that are removed give up their waiting messages and can no longer be named by rules', async () => {
    inbox.answers.recipient = () => '451 4.3.0 later'
    await alert('The cellar is wet')
    await eventually(
      async () => monitor.rows(`SELECT id FROM notification WHERE channel = 'phone' AND attempts > 0 AND state = 'pending'`).length > 0,
    )
    assert.equal((await ask('DELETE', '/api/channels/phone')).status, 204)
    delete inbox.answers.recipient
    assert.equal(await listed('phone'), undefined)
    assert.deepEqual(monitor.rows(`SELECT error FROM notification WHERE channel = 'phone' AND state NOT IN ('sent')`), [
      { error: JSON.stringify({ en: 'The channel was removed.', 'zh-TW': '這個管道已被移除。' }) },
    ])
    const rule = { condition: 'above', value: 25, quantity: 'temperature', channels: ['phone'] }
    assert.equal((await ask('PUT', '/api/rules/warm', rule)).status, 400)
  })

  it('can be a browser, which is removed with a reason when it has ended its subscription', async () => {
    let status = 201
    const service = await startHttpReceiver(() => ({ status }))
    try {
      const { json } = await ask('GET', '/api/push-key')
      const subscription = newSubscription()
      const fields = { endpoint: `${service.url}/send/abc`, ...subscription.keys }
      assert.equal((await ask('POST', '/api/channels', { name: 'Android', kind: 'browser', fields })).status, 201)
      const form: FilledForm = (await ask('GET', '/api/channels/Android')).json
      assert.deepEqual([form.fields, form.secrets], [{}, ['endpoint', 'p256dh', 'auth']])
      // In the other half of the day, so that nothing waits for its end.
      const [from, to] = [10, 14].map((hours) => `${String((new Date().getHours() + hours) % 24).padStart(2, '0')}:00`)
      assert.equal((await ask('PUT', '/api/channels/Android', { fields: { quiet: `${from}-${to}` } })).status, 200)
      await alert('cellar')
      await told('Android')
      const [request] = service.requests
      assert.ok(request)
      assert.match(subscription.read(request, json.key).title, /cellar/)
      status = 410
      await alert('attic')
      await eventually(async () => (await listed('Android')) === undefined)
      await eventually(async () => {
        const all: Notification[] = (await ask('GET', '/api/notifications')).json
        const lost = all.find((one) => one.channel === 'Android' && one.state === 'failed')
        return /has ended its subscription: its channel is removed|has left for good/.test(lost?.error ?? '')
      })
    } finally {
      await service.close()
    }
  })
})
