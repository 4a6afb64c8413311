import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Received } from '@hearthwatch/testhouse/servers/http-receiver'
import { slack } from '../../../notify/channels/slack.ts'
import { exampleMessage } from './conformance.ts'
import { conformsOverHttp, requestOf } from './http-conformance.ts'

const token = 'XXXXXXXXXXXXXXXXXXXXXXXX'
const url = (service: string) => `slack://T00000000/B00000000/${token}?api=${service}`
const accepted = { status: 200, body: 'ok' }

interface Element {
  type: string
  text?: string
  url?: string
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, its blocks being rich text. */
function messageIn({ method, path, headers, body }: Received): { preview: string; elements: Element[] } {
  assert.deepEqual([method, path], ['POST', `/services/T00000000/B00000000/${token}`])
  assert.match(headers['content-type'] ?? '', /^application\/json/)
  const { text, blocks, unfurl_links, unfurl_media, ...more } = JSON.parse(body)
  assert.deepEqual(more, {})
  assert.deepEqual([unfurl_links, unfurl_media], [false, false])
  assert.ok(typeof text === 'string' && text.length > 0 && text.length <= 4000)
  assert.equal(blocks.length, 1)
  assert.equal(blocks[0].type, 'rich_text')
  const sections: { type: string; elements: Element[] }[] = blocks[0].elements
  for (const { type } of sections) assert.equal(type, 'rich_text_section')
  const elements = sections.flatMap(({ elements }) => elements)
  for (const element of elements)
    assert.deepEqual(Object.keys(element), element.type === 'link' ? ['type', 'url', 'text'] : ['type', 'text'])
  return { preview: text, elements }
}

const written = (elements: Element[]) =>
  elements
    .filter(({ type }) => type === 'text')
    .map(({ text }) => text)
    .join('')

conformsOverHttp('slack', {
  kind: slack,
  url,
  secrets: [token],
  take: (request) => ({
    arrived: { id: null, recipient: 'T00000000/B00000000', words: written(messageIn(request).elements) },
    reply: accepted,
  }),
  meanings: {
    'will not take this message': 'refused',
    'does not let the webhook write': 'locked-out',
    'knows no such webhook': 'locked-out',
    'has archived the channel': 'locked-out',
    'gets too many messages': ['unreachable', 30_000],
  },
  replies: {
    'will not take this message': { status: 400, body: 'invalid_payload' },
    'does not let the webhook write': { status: 403, body: `action_prohibited ${token}` },
    'knows no such webhook': { status: 404, body: 'no_service' },
    'has archived the channel': { status: 410, body: 'channel_is_archived' },
    'gets too many messages': { status: 429, headers: { 'Retry-After': '30' }, body: 'rate_limited' },
  },
})

describe('A message by Slack', () => {
  it('turns no text from MQTT into a mention or a link', async () => {
    const evil = '<!channel> <@U123> <https://evil.example|safe> *bold* &lt;'
    const { preview, elements } = messageIn(await requestOf(url, { ...exampleMessage, subject: evil, text: evil }, accepted))
    assert.equal(preview, '&lt;!channel&gt; &lt;@U123&gt; &lt;https://evil.example|safe&gt; *bold* &amp;lt;')
    assert.deepEqual(elements, [{ type: 'text', text: evil }])
  })

  it('has links to the page and to the acknowledgement', async () => {
    const [link, acknowledge] = ['https://house.example.org/', 'https://house.example.org/a/abc']
    const { elements } = messageIn(await requestOf(url, { ...exampleMessage, link, acknowledge }, accepted))
    assert.deepEqual(
      elements.filter(({ type }) => type === 'link'),
      [
        { type: 'link', url: acknowledge, text: 'Acknowledge' },
        { type: 'link', url: link, text: 'Open Hearthwatch' },
      ],
    )
  })
})
