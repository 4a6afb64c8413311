import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exampleVapid, newSubscription } from '@hearthwatch/testhouse/servers/push-service'
import { browser } from '../../../notify/channels/browser.ts'
import { channelTypes } from '../../../notify/channels/registry.ts'
import { readUrl, UrlMistake } from '../../../notify/channels/url.ts'
import { exampleMessage } from './conformance.ts'
import { conformsOverHttp, requestOf } from './http-conformance.ts'

const subscription = newSubscription()
const { p256dh, auth } = subscription.keys
const urlOf = (endpoint: string) => `webpush://?endpoint=${encodeURIComponent(endpoint)}&p256dh=${p256dh}&auth=${auth}`
const url = (service: string) => urlOf(`${service}/send/abc`)
const accepted = { status: 201 }

conformsOverHttp('browser', {
  kind: browser,
  url,
  secrets: ['send/abc', p256dh, auth, exampleVapid.privateKey],
  take(request) {
    assert.equal(request.path, '/send/abc')
    const { id, title, body } = subscription.read(request, exampleVapid.publicKey)
    return { arrived: { id, recipient: request.headers.host ?? '', words: `${title}\n${body}` }, reply: accepted }
  },
  meanings: {
    'knows no such subscription': 'gone',
    'says that the subscription has ended': 'gone',
    'does not accept our key': 'locked-out',
    'finds the message too long': 'refused',
    'has had enough messages': 'unreachable',
  },
  replies: {
    'knows no such subscription': { status: 404 },
    'says that the subscription has ended': { status: 410 },
    'does not accept our key': { status: 403, body: { reason: 'BadJwtToken' } },
    'finds the message too long': { status: 413 },
    'has had enough messages': { status: 429 },
  },
})

describe('A message to a browser', () => {
  const given = async (message: Partial<typeof exampleMessage>) => {
    const request = await requestOf(url, { ...exampleMessage, ...message }, accepted)
    return { urgency: request.headers.urgency, ...subscription.read(request, exampleVapid.publicKey) }
  }

  it('has the words of other channels, and what its buttons need, without addresses', async () => {
    const { title, body, view, token, labels, tag, urgency } = await given({
      severity: 'critical',
      view: '#/room/kitchen',
      token: 'abc',
      link: 'https://house.example.org/#/room/kitchen',
      text: `${exampleMessage.text}\nOpen: https://house.example.org/#/room/kitchen`,
    })
    assert.deepEqual([title, body], [exampleMessage.subject, '開始時間：下午2:05'])
    assert.deepEqual([view, token, labels.acknowledge, urgency], ['#/room/kitchen', 'abc', 'Acknowledge', 'high'])
    assert.equal(tag, exampleMessage.id)
  })

  it('replaces the earlier message about the same alert', async () => {
    const { tag, urgency } = await given({ severity: 'info', thread: ['first', 'second'] })
    assert.deepEqual([tag, urgency], ['first', 'normal'])
  })

  it('goes to an HTTPS address, or to this machine', () => {
    const parse = (endpoint: string) => {
      const text = urlOf(endpoint)
      const options = { url: readUrl(text), text, setting: { en: 'x', 'zh-TW': 'x' }, mailFrom: undefined, mailTo: [] }
      return browser.parse({ ...options, language: 'en' })
    }
    for (const endpoint of ['https://push.example.org/a', 'http://localhost:1/a', 'http://[::1]/a']) parse(endpoint)
    for (const endpoint of ['http://push.example.org/a', 'file:///etc/passwd', 'https://a:b@push.example.org/', 'push', ''])
      assert.throws(() => parse(endpoint), UrlMistake, endpoint)
    assert.ok(channelTypes.includes(browser))
  })
})
