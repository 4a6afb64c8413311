import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type HttpReceiver, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import type { MqttClient } from 'mqtt'
import { Check } from 'typebox/schema'
import { WebhookBody } from '../../notify/channels/webhook-body.ts'

const page = 'https://house.example.org'
const botToken = '123456789:AAF-abcDEF_ghiJKLmnoPQRstuVWXyz0123'
/** The first path segments of the services that messages may be sent to. */
const replies: Record<string, object> = { '': { event: 'message' }, hook: {}, services: {}, api: {}, [`bot${botToken}`]: { ok: true } }

describe('A text from an unknown MQTT client', () => {
  let house: TestMonitor
  let guest: MqttClient
  /** The services of the settings. */
  let ours: HttpReceiver
  /** A server that must never be called. */
  let theirs: HttpReceiver
  before(async () => {
    ours = await startHttpReceiver(({ path }) => ({ status: 200, body: replies[path.split('/')[1] ?? ''] ?? { event: 'message' } }))
    theirs = await startHttpReceiver(() => ({ status: 200 }))
    house = await startTestMonitor({
      PUBLIC_URL: page,
      NOTIFY_URLS: [
        `http://secret@127.0.0.1:${ours.port}/hook`,
        `ntfy://127.0.0.1:${ours.port}/house`,
        `slack://T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX?api=${ours.url}`,
        `discord://123456789012345678/T0k3n-abcdefghijklmnop?api=${ours.url}/api`,
        `tgram://${botToken}/42?api=${ours.url}`,
      ].join(' '),
    })
    guest = await house.client()
  })
  after(async () => {
    await house?.close()
    await ours.close()
    await theirs.close()
  })

  const bodies = (path: string) => ours.requests.filter((request) => request.path === path).map(({ body }) => JSON.parse(body))

  it('is delivered literally, and never becomes an address, a header, a mention or markup', async () => {
    const there = `http://127.0.0.1:${theirs.port}/x`
    const rooms = [
      '<!channel> @everyone',
      `127.0.0.1:${theirs.port}`,
      '[x](y)?api=z&secret=w',
      '"},"click":"javascript:alert(1)',
      'ntfy:evil@host',
    ]
    const text = `${there} <${there}|safe> [safe](${there}) <a href="${there}">safe</a> {"click":"${there}","link":"${there}","to":"${there}"}`
    for (const room of rooms) {
      await guest.publishAsync(`home/${room}/temperature`, '77', { qos: 1 })
      await guest.publishAsync(`home/${room} 2/alert`, text, { qos: 1 })
    }
    const info = { id: there, room: 'attic', link: there, click: there, api: there, url: there, status: there, readings: [] }
    await guest.publishAsync('device/evil/info', JSON.stringify({ ...info, id: 'evil' }), { qos: 1 })
    await guest.publishAsync('device/evil/response', JSON.stringify({ id: there, ok: false, error: there }), { qos: 1 })
    await guest.publishAsync(`home/attic/temperature`, JSON.stringify({ value: 99, url: there, link: there, NOTIFY_URLS: there }), {
      qos: 1,
    })

    const told = () => bodies('/hook').flatMap((body: WebhookBody) => body.events)
    await eventually(() => told().length === rooms.length * 2 + 1)
    await eventually(() => house.rows<{ state: string }>('SELECT state FROM notification').every(({ state }) => state === 'sent'))

    for (const body of bodies('/hook')) {
      assert.ok(Check(WebhookBody, body))
      assert.ok(body.link?.startsWith(page) && (body.acknowledge?.startsWith(`${page}/a/`) ?? true))
    }
    const alerts = told().flatMap((event) => (event.type === 'alert' ? [event.alert] : []))
    for (const room of rooms) {
      assert.ok(alerts.some((alert) => alert.room === room && alert.value === 77))
      assert.ok(alerts.some((alert) => alert.room === `${room} 2` && alert.text === text))
    }
    for (const { click, actions } of bodies('/'))
      for (const address of [click, ...actions.map(({ url }: { url: string }) => url)]) assert.ok(address.startsWith(page), address)
    const telegrams = bodies(`/bot${botToken}/sendMessage`)
    for (const { reply_markup, parse_mode } of telegrams) {
      assert.equal(parse_mode, undefined)
      for (const { url } of reply_markup.inline_keyboard.flat()) assert.ok(url.startsWith(page), url)
    }
    const slacks = bodies('/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX')
    for (const { text: preview, blocks } of slacks) {
      assert.doesNotMatch(preview, /<[!@#h]/)
      const elements = blocks.flatMap((block: { elements: { elements: object[] }[] }) => block.elements.flatMap(({ elements }) => elements))
      for (const { type, url } of elements) assert.ok(type === 'text' || url.startsWith(page), url)
    }
    const discords = bodies('/api/webhooks/123456789012345678/T0k3n-abcdefghijklmnop?wait=true')
    for (const { content, allowed_mentions } of discords) {
      assert.deepEqual(allowed_mentions, { parse: [] })
      assert.doesNotMatch(content.replaceAll(`](<${page}`, ''), /(?<!\\)(?:@|\]\(|<[!@#h])/)
    }
    for (const each of [telegrams, slacks, discords]) assert.ok(each.length > 0)
  })

  it('never causes a request to an address outside of the settings', () => {
    assert.deepEqual(theirs.requests, [])
    const paths = new Set(ours.requests.map(({ path }) => path.split('/')[1]))
    assert.deepEqual([...paths].sort(), ['', `bot${botToken}`, 'api', 'hook', 'services'].sort())
  })
})
