import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { type Received, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { Check } from 'typebox/schema'
import { signature, webhook } from '../../../notify/channels/webhook.ts'
import { WebhookBody } from '../../../notify/channels/webhook-body.ts'
import { exampleMessage } from './conformance.ts'
import { channelOf, conformsOverHttp, requestOf } from './http-conformance.ts'

const secret = 'correct horse battery'
const url = (service: string) => `${service.replace('//', `//${encodeURIComponent(secret)}@`)}/hook?room=all&name=webhook`

/** Verifies the signature as a receiver would. */
function bodyIn({ method, path, headers, body }: Received): WebhookBody {
  assert.deepEqual([method, path], ['POST', '/hook?room=all'])
  assert.equal(headers.authorization, undefined)
  assert.equal(headers['content-type'], 'application/json')
  const [id, seconds] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])]
  assert.ok(Math.abs(Date.now() / 1000 - seconds) < 300)
  const expected = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')
  assert.equal(headers['webhook-signature'], `v1,${expected}`)
  const json: WebhookBody = JSON.parse(body)
  assert.ok(Check(WebhookBody, json))
  assert.equal(json.id, id)
  return json
}

conformsOverHttp('webhook', {
  kind: webhook,
  url,
  secrets: [secret, encodeURIComponent(secret)],
  take(request) {
    const { id, subject, text } = bodyIn(request)
    return { arrived: { id, recipient: request.headers.host ?? '', words: `${subject}\n${text}` }, reply: { status: 204 } }
  },
  meanings: {
    'will not take this message': 'refused',
    'does not accept the signature': 'locked-out',
    'is not at that address': 'locked-out',
    'gets too many messages': ['unreachable', 10_000],
  },
  replies: {
    'will not take this message': { status: 422, body: { error: secret } },
    'does not accept the signature': { status: 401 },
    'is not at that address': { status: 404 },
    'gets too many messages': { status: 429, headers: { 'Retry-After': '10' } },
  },
})

describe('A webhook', () => {
  it('is signed as in the Standard Webhooks specification', () => {
    // The example from the libraries of the specification.
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
    assert.equal(
      signature(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}'),
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })

  it('takes its secret from the user part of the URL or from secret=…; without one it is not signed', async () => {
    const signatureFor = async (address: (service: string) => string) => {
      const { path, headers, body } = await requestOf(address, exampleMessage, { status: 200 })
      assert.equal(path, '/')
      const expected = (key: string | Buffer) =>
        `v1,${createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')}`
      return { is: headers['webhook-signature'], expected }
    }
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
    for (const [address, wanted] of [
      [(service: string) => service.replace('//', '//:a%2Fb@'), 'a/b'],
      [(service: string) => `${service}/?secret=a+b`, 'a+b'],
      [(service: string) => `${service}/?secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`, key],
    ] as const) {
      const { is, expected } = await signatureFor(address)
      assert.equal(is, expected(wanted))
    }
    assert.equal((await signatureFor((service) => `${service}/`)).is, undefined)
  })

  it('logs in if the URL has a user and a password; the secret then comes from secret=…', async () => {
    const to = (service: string) => `${service.replace('//', '//ann:p%40ss@')}/?secret=other`
    const { headers, body, path } = await requestOf(to, exampleMessage, { status: 200 })
    const signed = createHmac('sha256', 'other').update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')
    assert.deepEqual([path, headers['webhook-signature']], ['/', `v1,${signed}`])
    assert.equal(headers.authorization, `Basic ${Buffer.from('ann:p@ss').toString('base64')}`)
  })

  it('has a new timestamp on each attempt, and the same id', async () => {
    const service = await startHttpReceiver(() => ({ status: 200 }))
    let now = 1_700_000_000_999
    const channel = channelOf(service.url, () => now)
    const message = { ...exampleMessage, recipient: channel.recipients[0] ?? '' }
    await channel.send(message)
    now += 60_000
    await channel.send(message)
    assert.deepEqual(
      service.requests.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']]),
      [
        [message.id, '1700000000'],
        [message.id, '1700000060'],
      ],
    )
    channel.close()
    await service.close()
  })

  it('contains the same events for programs, in a documented schema, with ids and names', async () => {
    const alert = {
      id: 7,
      rule: 'too-hot',
      title: 'Too hot',
      condition: 'above',
      room: 'kitchen',
      roomName: '廚房',
      device: 'pi-1',
      quantity: 'temperature',
      severity: 'warning',
      value: 31.2,
      limit: 30,
      text: null,
      started: 1_700_000_000_000,
      fired: 1_700_000_000_000,
      resolved: null,
      ended: null,
    } as const
    const stored = { ...alert, bound: 30, subject: 'x', state: 'firing', acknowledged: null, due: null }
    const row = { room: 'kitchen', quantity: 'temperature', min: 20, mean: 21, max: 22, last: 21, count: 9 }
    const lacking = {
      absent: [{ room: 'attic', device: null, seen: 1 }],
      missing: [{ device: 'pi-1', count: 3 }],
      undelivered: [{ channel: 'line', count: 1 }],
    }
    const contents = [
      { kind: 'alert', transition: 'repeat', alert: stored, at: 1_700_000_100_000 },
      { kind: 'late-alert', alert: stored, at: 1_700_000_100_000 },
      { kind: 'late-text', room: 'kitchen', text: '<b>', count: 2, first: 1, last: 2 },
      { kind: 'summary', date: '2026-11-23', from: 1, to: 2, rooms: [{ ...row, time: 2 }], alerts: [stored], ...lacking },
    ] as unknown as (typeof exampleMessage)['contents']
    const names = { room: () => '廚房', rule: () => 'Too hot' }
    const { version, events, link, acknowledge } = bodyIn(
      await requestOf(url, { ...exampleMessage, contents, names, link: 'https://house.example.org/' }, { status: 200 }),
    )
    assert.deepEqual([version, link, acknowledge], [1, 'https://house.example.org/', null])
    assert.deepEqual(events, [
      { type: 'alert', transition: 'repeat', at: 1_700_000_100_000, alert },
      { type: 'late-alert', at: 1_700_000_100_000, alert },
      { type: 'late-text', room: 'kitchen', roomName: '廚房', text: '<b>', count: 2, first: 1, last: 2 },
      { type: 'summary', date: '2026-11-23', from: 1, to: 2, rooms: [{ ...row, roomName: '廚房' }], alerts: [alert], ...lacking },
    ])
  })
})
