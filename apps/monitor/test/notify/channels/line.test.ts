import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { type Received, type Reply, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { line } from '../../../notify/channels/line.ts'
import { exampleMessage } from './conformance.ts'
import { channelOf, conformsOverHttp, requestOf } from './http-conformance.ts'

// LINE's tokens contain slashes, pluses and equals signs.
const token = 'wX9/pR+q7ZkLm/4TfVbN2sYcUe8+GhJd1aQoPi5rWx0zKv3nBt6yHg=='
const ann = `U${'0123456789abcdef'.repeat(2)}`
const family = `C${'fedcba9876543210'.repeat(2)}`
const url = (service: string) => `line://${token}@${ann}/${family}?api=${service}`
const accepted = { status: 200, body: { sentMessages: [{ id: '461230966842064897', quoteToken: 'IStG5h1Tz7b' }] } }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** https://developers.line.biz/en/reference/messaging-api/#send-push-message */
function pushIn({ method, path, headers, body }: Received): { id: string; recipient: string; words: string } {
  assert.deepEqual([method, path], ['POST', '/v2/bot/message/push'])
  assert.equal(headers.authorization, `Bearer ${token}`)
  assert.match(headers['content-type'] ?? '', /^application\/json/)
  const id = String(headers['x-line-retry-key'])
  assert.match(id, uuid)
  const { to, messages, notificationDisabled, ...more } = JSON.parse(body)
  assert.deepEqual([typeof notificationDisabled, more], ['boolean', {}])
  assert.ok(messages.length >= 1 && messages.length <= 5)
  const [{ type, text, ...strange }] = messages
  assert.deepEqual([type, strange], ['text', {}])
  assert.ok(text.length > 0 && text.length <= 5000)
  return { id, recipient: to, words: text }
}

conformsOverHttp('line', {
  kind: line,
  url,
  secrets: [token],
  take: (request) => ({ arrived: pushIn(request), reply: accepted }),
  meanings: {
    'knows no such recipient': 'refused',
    'does not accept the token': 'locked-out',
    'does not let the channel send': 'locked-out',
    'has sent all messages of the month': 'unreachable',
    'gets too many at a time': 'unreachable',
  },
  replies: {
    'knows no such recipient': { status: 400, body: { message: "The property, 'to', in the request body is invalid" } },
    'does not accept the token': { status: 401, body: { message: `Authentication failed: ${token}` } },
    'does not let the channel send': { status: 403, body: { message: 'Access to this API is not available for your account' } },
    'has sent all messages of the month': { status: 429, body: { message: 'You have reached your monthly limit.' } },
    'gets too many at a time': { status: 429, body: { message: 'The API rate limit has been exceeded. Try again later.' } },
  },
})

describe('A message by LINE', () => {
  it('that was accepted and not confirmed is not sent twice: LINE answers its retry key with 409', async () => {
    const known = new Set<string>()
    const shown: string[] = []
    const service = await startHttpReceiver((request): Reply => {
      const { id, words } = pushIn(request)
      if (known.has(id)) return { status: 409, body: { message: 'The retry key is already accepted' } }
      known.add(id)
      shown.push(words)
      return 'drop'
    })
    const channel = channelOf(url(service.url))
    const message = { ...exampleMessage, id: randomUUID(), recipient: family }
    await assert.rejects(channel.send(message), { kind: 'later' })
    await channel.send(message)
    assert.deepEqual([service.requests.length, shown.length], [2, 1])
    channel.close()
    await service.close()
  })

  it('has a default budget of 200 messages a month, as in the free plan', () => {
    const budgetOf = (options: string) => channelOf(`line://${token}@${ann}?${options}`).budget
    assert.deepEqual(budgetOf(''), { perMonth: 200 })
    assert.deepEqual(budgetOf('budget=3000'), { perMonth: 3000 })
    assert.equal(budgetOf('budget=none'), null)
  })

  it('is silent at severity info', async () => {
    const isQuiet = async (severity: 'info' | 'warning') =>
      JSON.parse((await requestOf(url, { ...exampleMessage, recipient: ann, severity }, accepted)).body).notificationDisabled
    assert.deepEqual([await isQuiet('info'), await isQuiet('warning')], [true, false])
  })

  it('fails with a clear reason if the messages of the month are used up', async () => {
    const service = await startHttpReceiver(() => ({ status: 429, body: { message: 'You have reached your monthly limit.' } }))
    const channel = channelOf(url(service.url))
    await assert.rejects(channel.send({ ...exampleMessage, recipient: ann }), /LINE sends no more messages this month/)
    channel.close()
    await service.close()
  })

  it('ends with the link to acknowledge it, even if it is cut', async () => {
    const acknowledge = 'https://house.example.org/a/abc'
    const sent = { ...exampleMessage, recipient: ann, text: '熱'.repeat(6000), acknowledge }
    const { words } = pushIn(await requestOf(url, sent, accepted))
    assert.ok(words.endsWith(`熱…\n\nAcknowledge: ${acknowledge}`))
    assert.equal(words.length, 5000)
  })
})
