import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Received } from '@hearthwatch/testhouse/servers/http-receiver'
import { inSevenBits, partsOf } from '../../../notify/channels/sms.ts'
import { twilio } from '../../../notify/channels/twilio.ts'
import { exampleMessage } from './conformance.ts'
import { channelOf, conformsOverHttp, requestOf } from './http-conformance.ts'

const account = `AC${'0123456789abcdef'.repeat(2)}`
const token = 'f0e1d2c3b4a5968778695a4b3c2d1e0f'
const url = (service: string) => `twilio://${account}:${token}@+15005550006/+886912345678/+886987654321?api=${service}`
const accepted = { status: 201, body: { sid: `SM${'0'.repeat(32)}`, status: 'queued', error_code: null } }
const no = (status: number, code: number, message: string) => ({ status, body: { code, message, more_info: '', status } })

/** https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
function smsIn({ method, path, headers, body }: Received): { to: string; from: string | null; service: string | null; text: string } {
  assert.deepEqual([method, path], ['POST', `/2010-04-01/Accounts/${account}/Messages.json`])
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded')
  assert.equal(headers.authorization, `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`)
  const form = new URLSearchParams(body)
  const text = form.get('Body') ?? ''
  assert.ok(text.length > 0 && text.length <= 1600)
  assert.ok(partsOf(text) <= 3, `${partsOf(text)} parts`)
  return { to: form.get('To') ?? '', from: form.get('From'), service: form.get('MessagingServiceSid'), text }
}

conformsOverHttp('twilio', {
  kind: twilio,
  url,
  secrets: [token],
  short: true,
  take(request) {
    const { to, text } = smsIn(request)
    return { arrived: { id: null, recipient: to, words: text }, reply: accepted }
  },
  meanings: {
    'reports that this is not a phone number': 'refused',
    'was told STOP there': 'refused',
    'will not take this message': 'refused',
    'does not accept the token': 'locked-out',
    'does not accept the sender': 'locked-out',
    'gets too many messages': ['unreachable', 5000],
  },
  replies: {
    'reports that this is not a phone number': no(400, 21211, "Invalid 'To' Phone Number"),
    'was told STOP there': no(400, 21610, 'Attempt to send to unsubscribed recipient'),
    'will not take this message': no(400, 21617, 'The concatenated message body exceeds the 1600 character limit'),
    'does not accept the token': no(401, 20003, `Authenticate ${token}`),
    'does not accept the sender': no(400, 21606, 'The From phone number is not a valid, SMS-capable inbound phone number'),
    'gets too many messages': { ...no(429, 20429, 'Too Many Requests'), headers: { 'Retry-After': '5' } },
  },
})

describe('An SMS', () => {
  const textOf = async (message: Partial<typeof exampleMessage>) =>
    smsIn(await requestOf(url, { ...exampleMessage, recipient: '+886912345678', ...message }, accepted)).text

  it('contains the subject and the link to acknowledge it', async () => {
    const acknowledge = 'https://house.example.org/a/abc'
    assert.equal(await textOf({ acknowledge }), `廚房 31.2 °C：溫度過高 ${acknowledge}`)
    assert.equal(await textOf({ subject: 'Kitchen 31.2 °C: too hot' }), 'Kitchen 31.2 C: too hot')
  })

  it('is cut to at most three parts, and keeps its link', async () => {
    const acknowledge = `https://house.example.org/a/${'x'.repeat(80)}`
    for (const subject of ['Kitchen 31.2 °C: too hot; '.repeat(60), '廚房 31.2 °C：溫度過高；'.repeat(60), '🔥{}'.repeat(300)]) {
      const text = await textOf({ subject, acknowledge })
      assert.equal(partsOf(text), 3)
      assert.ok(text.endsWith(`. ${acknowledge}`) || text.endsWith(`… ${acknowledge}`), text)
    }
  })

  it('counts its parts as the phone network does', () => {
    for (const [text, parts] of [
      ['', 1],
      ['a'.repeat(160), 1],
      ['a'.repeat(161), 2],
      ['a'.repeat(306), 2],
      ['a'.repeat(307), 3],
      ['€'.repeat(80), 1],
      ['€'.repeat(81), 2],
      ['熱'.repeat(70), 1],
      ['熱'.repeat(71), 2],
      ['熱'.repeat(134), 2],
      ['🔥'.repeat(35), 1],
      ['🔥'.repeat(36), 2],
    ] as const)
      assert.equal(partsOf(text), parts, `${text.slice(0, 2)} × ${text.length}`)
    assert.equal(inSevenBits('31.2 °C … “hot”'), '31.2 C ... "hot"')
    assert.equal(inSevenBits('廚房 31.2 °C'), '廚房 31.2 °C')
  })

  it('is sent from a number, a name or a messaging service', async () => {
    const from = (sender: string) => async () => {
      const address = (service: string) => `twilio://${account}:${token}@${sender}/+886912345678?api=${service}`
      const { from, service } = smsIn(await requestOf(address, { ...exampleMessage, recipient: '+886912345678' }, accepted))
      return [from, service]
    }
    assert.deepEqual(await from('+15005550006')(), ['+15005550006', null])
    assert.deepEqual(await from('Hearth')(), ['Hearth', null])
    const service = `MG${'0123456789abcdef'.repeat(2)}`
    assert.deepEqual(await from(service)(), [null, service])
  })

  it('has a default budget of 100 messages a month', () => {
    assert.deepEqual(channelOf(url('http://127.0.0.1:9999')).budget, { perMonth: 100 })
  })
})
