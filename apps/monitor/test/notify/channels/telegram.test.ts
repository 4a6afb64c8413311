import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Received, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { telegram } from '../../../notify/channels/telegram.ts'
import { exampleMessage } from './conformance.ts'
import { channelOf, conformsOverHttp, requestOf } from './http-conformance.ts'

const token = '123456789:AAF-abcDEF_ghiJKLmnoPQRstuVWXyz0123'
const url = (service: string) => `tgram://${token}/-1001234567890/987654321?api=${service}`
const accepted = { status: 200, body: { ok: true, result: { message_id: 7 } } }
const no = (code: number, description: string, parameters = {}) => ({
  status: code,
  body: { ok: false, error_code: code, description, parameters },
})

/** https://core.telegram.org/bots/api#sendmessage */
function messageIn({ method, path, headers, body }: Received) {
  assert.deepEqual([method, path], ['POST', `/bot${token}/sendMessage`])
  assert.match(headers['content-type'] ?? '', /^application\/json/)
  const { chat_id, text, parse_mode, link_preview_options, disable_notification, reply_markup, ...more } = JSON.parse(body)
  assert.deepEqual(more, {})
  assert.ok(typeof text === 'string' && text.length >= 1 && text.length <= 4096)
  assert.equal(parse_mode, undefined, 'text is text')
  assert.equal(link_preview_options.is_disabled, true)
  return { chat_id, text, quietly: disable_notification, buttons: reply_markup?.inline_keyboard?.flat() ?? [] }
}

conformsOverHttp('telegram', {
  kind: telegram,
  url,
  secrets: [token, 'AAF-abcDEF'],
  take(request) {
    const { chat_id, text } = messageIn(request)
    return { arrived: { id: null, recipient: chat_id, words: text }, reply: accepted }
  },
  meanings: {
    'knows no such chat': 'refused',
    'was blocked there': 'refused',
    'says that the group has moved': 'refused',
    'does not accept the token': 'locked-out',
    'does not know the token': 'locked-out',
    'gets too many messages': ['unreachable', 34_000],
  },
  replies: {
    'knows no such chat': no(400, 'Bad Request: chat not found'),
    'was blocked there': no(403, 'Forbidden: bot was blocked by the user'),
    'says that the group has moved': no(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: -1009876543210,
    }),
    'does not accept the token': no(401, `Unauthorized ${token}`),
    'does not know the token': no(404, 'Not Found'),
    'gets too many messages': no(429, 'Too Many Requests: retry after 34', { retry_after: 34 }),
  },
})

describe('A message by Telegram', () => {
  it('shows a text from MQTT literally', async () => {
    const evil = '<b>bold</b> *bold* [click](https://evil.example) &amp; @everyone tg://user?id=1'
    const { text } = messageIn(await requestOf(url, { ...exampleMessage, subject: evil, text: evil }, accepted))
    assert.equal(text, evil)
  })

  it('has buttons that open the page and the acknowledgement page', async () => {
    const [link, acknowledge] = ['https://house.example.org/', 'https://house.example.org/a/abc']
    const { text, buttons } = messageIn(await requestOf(url, { ...exampleMessage, link, acknowledge }, accepted))
    assert.deepEqual(buttons, [
      { text: 'Acknowledge', url: acknowledge },
      { text: 'Open Hearthwatch', url: link },
    ])
    assert.equal(text, '廚房 31.2 °C：溫度過高\n\n開始時間：下午2:05')
  })

  it('has links as text if Telegram rejects the buttons, as for a local host name', async () => {
    const link = 'http://raspberrypi:8080/'
    const service = await startHttpReceiver(({ body }) =>
      JSON.parse(body).reply_markup ? no(400, 'Bad Request: Wrong HTTP URL') : accepted,
    )
    const channel = channelOf(url(service.url))
    await channel.send({ ...exampleMessage, recipient: '987654321', link })
    const [, second, ...more] = service.requests
    assert.ok(second && more.length === 0)
    assert.match(messageIn(second).text, /^廚房.*\n\nOpen Hearthwatch: http:\/\/raspberrypi:8080\/$/s)
    channel.close()
    await service.close()
  })

  it('is silent at severity info', async () => {
    const seen = []
    for (const severity of ['info', 'warning', 'critical'] as const)
      seen.push(messageIn(await requestOf(url, { ...exampleMessage, severity }, accepted)).quietly)
    assert.deepEqual(seen, [true, false, false])
  })

  it('can be sent to a public channel by its name', () => {
    const { recipients } = channelOf(`tgram://${token}/@my_house/42`)
    assert.deepEqual(recipients, ['@my_house', '42'])
  })

  it('fails with the new id if a group has moved', async () => {
    const moved = no(400, 'Bad Request', { migrate_to_chat_id: -1009876543210 })
    const service = await startHttpReceiver(() => moved)
    const channel = channelOf(url(service.url))
    await assert.rejects(channel.send({ ...exampleMessage, recipient: '987654321' }), /put -1009876543210 into the settings/)
    assert.equal(service.requests.length, 1)
    channel.close()
    await service.close()
  })
})
