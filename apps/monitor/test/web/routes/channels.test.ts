import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import type { OwnChannels } from '../../../notify/own-channels.ts'

const wrong = { en: 'The token is wrong.', 'zh-TW': '權杖錯誤。' }
const mail = {
  name: 'mail',
  kind: 'mail',
  recipients: 2,
  paused: false,
  error: null,
  quiet: true,
  budget: null,
  source: 'env',
  muted: null,
} as const
const line = { ...mail, name: 'line', kind: 'line', paused: true, error: wrong, budget: { perMonth: 200, used: 7 } }

const ownChannels = {} as OwnChannels

describe('Channels over HTTP', () => {
  it('channels are listed with their errors and tested; a second test within ten seconds is refused', async (t) => {
    const tested: string[] = []
    const page = await startPage(
      { API_TOKEN: 'token' },
      {
        ownChannels: { ...ownChannels, list: () => [mail, line, { ...mail, name: 'sms', muted: 1 }] },
        notify: {
          channels: () => [],
          async test(name) {
            tested.push(name)
            return name === 'line' ? wrong : null
          },
        },
      },
    )
    t.after(() => page.close())
    const headers = { authorization: 'Bearer token' }
    const test = (name: string) => page.ask(`/api/channels/${name}/test`, { method: 'POST', headers })
    assert.deepEqual((await page.ask('/api/channels', { headers })).json, [
      { ...mail, errorWords: null },
      { ...line, error: wrong.en, errorWords: wrong },
      { ...mail, name: 'sms', muted: 1, errorWords: null },
    ])
    assert.deepEqual((await test('mail')).json, { ok: true })
    assert.deepEqual((await test('line')).json, { ok: false, error: wrong.en, errorWords: wrong })
    assert.equal((await test('pigeon')).status, 404)
    assert.equal((await test('sms')).status, 409, 'it is muted')
    assert.equal((await test('mail')).status, 429)
    page.clock.now += 10_000
    assert.equal((await test('mail')).status, 200)
    assert.deepEqual(tested, ['mail', 'line', 'mail'])
    for (const path of ['/api/channels', '/api/channels/mail/test'])
      assert.equal((await page.ask(path, { method: path.endsWith('test') ? 'POST' : 'GET' })).status, 401)
  })
})
