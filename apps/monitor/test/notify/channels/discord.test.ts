import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Received } from '@hearthwatch/testhouse/servers/http-receiver'
import { discord } from '../../../notify/channels/discord.ts'
import { exampleMessage } from './conformance.ts'
import { conformsOverHttp, requestOf } from './http-conformance.ts'

const id = '123456789012345678'
const token = 'T0k3n-abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456'
const url = (service: string) => `discord://${id}/${token}?api=${service}/api`
const accepted = { status: 200, body: { id: '1187654321098765432', type: 0 } }

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
function contentIn({ method, path, headers, body }: Received): string {
  assert.deepEqual([method, path], ['POST', `/api/webhooks/${id}/${token}?wait=true`])
  assert.match(headers['content-type'] ?? '', /^application\/json/)
  const { content, username, allowed_mentions, flags, ...more } = JSON.parse(body)
  assert.deepEqual([more, username], [{}, 'Hearthwatch'])
  assert.ok(content.length >= 1 && content.length <= 2000, `${content.length}`)
  assert.deepEqual(allowed_mentions, { parse: [] })
  assert.ok((flags & 4) > 0, 'no previews')
  assert.equal(flags & ~(4 | 4096), 0)
  return content
}

/** The content as Discord displays it. */
const shown = (content: string) => content.replace(/\\([\p{P}\p{S}])/gu, '$1')

conformsOverHttp('discord', {
  kind: discord,
  url,
  secrets: [token],
  take: (request) => ({ arrived: { id: null, recipient: `webhook ${id}`, words: shown(contentIn(request)) }, reply: accepted }),
  meanings: {
    'will not take this message': 'refused',
    'does not know the webhook': 'locked-out',
    'does not accept the token': 'locked-out',
    'gets too many messages': ['unreachable', 1500],
    'has shut out this address for an hour': ['unreachable', 3_600_000],
  },
  replies: {
    'will not take this message': { status: 400, body: { code: 50035, message: 'Invalid Form Body', errors: {} } },
    'does not know the webhook': { status: 404, body: { code: 10015, message: 'Unknown Webhook' } },
    'does not accept the token': { status: 401, body: { code: 50027, message: `Invalid Webhook Token ${token}` } },
    'gets too many messages': { status: 429, body: { message: 'You are being rate limited.', retry_after: 1.5, global: false } },
    'has shut out this address for an hour': { status: 429, headers: { 'Retry-After': '3600' }, body: 'error code: 1015' },
  },
})

describe('A message by Discord', () => {
  it('turns no text from MQTT into a mention, a link or formatting', async () => {
    const evil = '@everyone @here <@123> <#1> **bold** ||hidden|| `code` # title\n> quote\n- item\n[safe](https://evil.example) \\*'
    const content = contentIn(await requestOf(url, { ...exampleMessage, subject: evil, text: evil }, accepted))
    assert.equal(shown(content), evil)
    assert.doesNotMatch(content, /(?<!\\)[@<*|`[\]]|^[#>-]/m)
  })

  it('is silent at severity info', async () => {
    const isQuiet = async (severity: 'info' | 'critical') =>
      (JSON.parse((await requestOf(url, { ...exampleMessage, severity }, accepted)).body).flags & 4096) > 0
    assert.deepEqual([await isQuiet('info'), await isQuiet('critical')], [true, false])
  })

  it('is not escaped if nothing in it has a special meaning', async () => {
    const text = '廚房 31.2 °C：下午 3:58 (-2 > 1) #1'
    assert.equal(contentIn(await requestOf(url, { ...exampleMessage, text }, accepted)), text)
    assert.equal(contentIn(await requestOf(url, { ...exampleMessage, text: 'see http://x :smile:' }, accepted)), 'see http\\://x \\:smile:')
  })

  it('has links to the page and to the acknowledgement, with space reserved for them', async () => {
    const [link, acknowledge] = ['https://house.example.org/', 'https://house.example.org/a/a(b)c']
    const text = '* hot '.repeat(1000)
    const content = contentIn(await requestOf(url, { ...exampleMessage, text, link, acknowledge }, accepted))
    assert.ok(
      content.endsWith('…\n\n[Acknowledge](<https://house.example.org/a/a%28b%29c>) · [Open Hearthwatch](<https://house.example.org/>)'),
    )
  })
})
