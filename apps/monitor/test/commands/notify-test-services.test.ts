import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { type HttpReceiver, type Reply, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'

const program = join(import.meta.dirname, '..', '..', 'commands', 'notify-test.ts')
const secret = 'sEkRetsEkRetsEkRetsEkRet'
const account = `AC${'0123456789abcdef'.repeat(2)}`

/** By channel: the rest of its URL, the service’s response to a wrong token, and the printed reason. */
const channels: Record<string, { url: (service: string) => string; no: Reply; words: RegExp }> = {
  ntfy: {
    url: (service) => `${service.replace('http://', `ntfy://${secret}@`)}/house`,
    no: { status: 403, body: { code: 40301, http: 403, error: 'forbidden' } },
    words: /^The ntfy server 127\.0\.0\.1:\d+ does not accept the token or password in the settings \(HTTP 403\)\.$/,
  },
  line: {
    url: (service) => `line://${secret}@U${'0123456789abcdef'.repeat(2)}?api=${service}`,
    no: { status: 401, body: { message: 'Authentication failed' } },
    words: /^LINE does not accept the channel access token in the settings \(HTTP 401\)\.$/,
  },
  telegram: {
    url: (service) => `tgram://123456789:${secret}/1?api=${service}`,
    no: { status: 400, body: { ok: false, error_code: 400, description: 'Bad Request: chat not found' } },
    words: /^Telegram refused the message to this chat: is the chat ID right, and has someone written to the bot there\? \(HTTP 400\)\.$/,
  },
  discord: {
    url: (service) => `discord://123456789012345678/${secret}?api=${service}`,
    no: { status: 404, body: { code: 10015, message: 'Unknown Webhook' } },
    words: /^Discord does not know the webhook in the settings/,
  },
  slack: {
    url: (service) => `slack://T00000000/B00000000/${secret}?api=${service}`,
    no: { status: 404, body: 'no_service' },
    words: /^Slack does not know the webhook in the settings/,
  },
  twilio: {
    url: (service) => `twilio://${account}:${secret}@+15005550006/+886912345678?api=${service}`,
    no: { status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } },
    words: /^Twilio does not accept the account SID and token in the settings, or the account’s balance is used up; error 20003/,
  },
  webhook: {
    url: (service) => `${service.replace('//', `//${secret}@`)}/hook`,
    no: { status: 301, headers: { Location: 'https://elsewhere.example/' } },
    words: /^The webhook at 127\.0\.0\.1:\d+ redirects to another address: enter that address in the settings/,
  },
}

describe('npm run notify-test with a service that rejects the message', { concurrency: 2 }, () => {
  let folder: string
  const services = new Map<string, HttpReceiver>()
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'notify-test-'))
    for (const [name, { no }] of Object.entries(channels)) services.set(name, await startHttpReceiver(() => no))
  })
  after(async () => {
    for (const service of services.values()) await service.close()
    rmSync(folder, { recursive: true })
  })

  for (const [name, { words }] of Object.entries(channels)) {
    it(`prints the reason for ${name} without its secret`, async () => {
      const NOTIFY_URLS = Object.entries(channels)
        .map(([name, { url }]) => url(services.get(name)?.url ?? ''))
        .join(' ')
      const env = { PATH: process.env.PATH, NOTIFY_URLS }
      const child = spawn(process.execPath, [program, '--channel', name], { cwd: folder, env })
      const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
      assert.match(errors.trim(), words)
      assert.deepEqual([code, output], [1, ''])
      assert.ok(!errors.includes(secret))
    })
  }
})
