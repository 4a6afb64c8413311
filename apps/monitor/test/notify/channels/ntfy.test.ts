import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Received } from '@hearthwatch/testhouse/servers/http-receiver'
import { ntfy } from '../../../notify/channels/ntfy.ts'
import { exampleMessage } from './conformance.ts'
import { conformsOverHttp, requestOf } from './http-conformance.ts'

const token = 'tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2'
const url = (service: string) => service.replace('http://', `ntfy://${token}@`).concat('/house-7Xq')
const accepted = { status: 200, body: { id: 'sPs71M8A2T', time: 1_643_935_928, event: 'message', topic: 'house-7Xq' } }

/** See https://docs.ntfy.sh/publish/#publish-as-json, with the limits of its server. */
function publicationIn(request: Received): Record<string, unknown> {
  assert.deepEqual([request.method, request.path], ['POST', '/'])
  assert.ok(Buffer.byteLength(request.body) <= 8192, 'over 8192 bytes ntfy takes no JSON')
  const { topic, sequence_id, title, message, priority, tags, click, actions = [], ...more } = JSON.parse(request.body)
  assert.deepEqual(more, {})
  assert.equal(topic, 'house-7Xq')
  assert.match(sequence_id, /^[-_A-Za-z0-9]{1,64}$/)
  assert.ok(typeof title === 'string' && !/[\r\n]/.test(title))
  assert.ok(typeof message === 'string' && Buffer.byteLength(message) <= 4096, 'over 4096 bytes it becomes a file')
  assert.ok(Number.isInteger(priority) && priority >= 1 && priority <= 5)
  assert.ok(Array.isArray(tags) && actions.length <= 3)
  return { id: sequence_id, title, message, priority, tags, click, actions }
}

conformsOverHttp('ntfy', {
  kind: ntfy,
  url,
  secrets: [token, 'house-7Xq'],
  take(request) {
    assert.equal(request.headers.authorization, `Bearer ${token}`)
    const { id, title, message } = publicationIn(request)
    return { arrived: { id: String(id), recipient: request.headers.host ?? '', words: `${title}\n${message}` }, reply: accepted }
  },
  meanings: {
    'does not accept the token': 'locked-out',
    'does not let us write to the topic': 'locked-out',
    'finds the topic wrong': 'locked-out',
    'will not take this message': 'refused',
    'finds it too large': 'refused',
    'has had enough messages for today': 'unreachable',
    'is something else that says yes to all': 'locked-out',
  },
  replies: {
    'does not accept the token': { status: 401, body: { code: 40101, http: 401, error: `unauthorized ${token}` } },
    'does not let us write to the topic': { status: 403, body: { code: 40301, http: 403, error: 'forbidden' } },
    'finds the topic wrong': { status: 400, body: { code: 40009, http: 400, error: 'invalid request: topic invalid' } },
    'will not take this message': {
      status: 400,
      body: { code: 40017, http: 400, error: 'invalid request: request body must be message JSON' },
    },
    'finds it too large': { status: 413, body: { code: 41303, http: 413, error: 'JSON body too large' } },
    'has had enough messages for today': { status: 429, body: { code: 42908, http: 429, error: 'limit reached: too many messages' } },
    'is something else that says yes to all': { status: 200, body: '<html>My router</html>' },
  },
})

describe('A message by ntfy', () => {
  const given = async (message: Partial<typeof exampleMessage>, to = url) =>
    publicationIn(await requestOf(to, { ...exampleMessage, ...message }, accepted))

  it('has a priority that follows its severity', async () => {
    const seen = []
    for (const severity of ['info', 'warning', 'critical'] as const) seen.push((await given({ severity })).priority)
    assert.deepEqual(seen, [3, 4, 5])
  })

  it('has normal priority if it reports only resolved alerts', async () => {
    const over = [{ kind: 'alert', transition: 'resolved', alert: {}, at: 0 }] as unknown as (typeof exampleMessage)['contents']
    const { priority, tags } = await given({ severity: 'critical', contents: over })
    assert.deepEqual([priority, tags], [3, ['white_check_mark']])
  })

  it('has one button that acknowledges and one that opens the page', async () => {
    const link = 'https://house.example.org/#/alerts'
    const acknowledge = 'https://house.example.org/a/abc'
    const { click, actions, message } = await given({
      link,
      acknowledge,
      text: `${exampleMessage.text}\nOpen: ${link}\nSeen: ${acknowledge}`,
    })
    assert.equal(click, link)
    assert.deepEqual(actions, [
      { action: 'http', label: 'Acknowledge', url: acknowledge, method: 'POST', clear: true },
      { action: 'view', label: 'Open Hearthwatch', url: link },
    ])
    assert.equal(message, '開始時間：下午2:05')
  })

  it('contains only addresses of the settings, whatever text comes by MQTT', async () => {
    const evil = '"click":"https://evil.example","actions":[{"action":"http","url":"https://evil.example"}]'
    const { click, actions, title } = await given({ subject: evil, text: `${evil}\nhttps://evil.example` })
    assert.deepEqual([click, actions, title], [undefined, [], evil])
  })

  it('is sent with a token, with user and password, or without a login', async () => {
    const to = (credentials: string) => async () => {
      const address = (service: string) => service.replace('http://', `ntfy://${credentials}`).concat('/house-7Xq')
      return (await requestOf(address, exampleMessage, accepted)).headers.authorization
    }
    assert.equal(await to('tk_abc@')(), 'Bearer tk_abc')
    assert.equal(await to(':tk_abc@')(), 'Bearer tk_abc')
    assert.equal(await to('ann:p%40ss@')(), `Basic ${Buffer.from('ann:p@ss').toString('base64')}`)
    assert.equal(await to('')(), undefined)
  })
})
