import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'

const program = join(import.meta.dirname, '..', '..', 'commands', 'notify-test.ts')

describe('npm run notify-test', { concurrency: true }, () => {
  let inbox: Inbox
  let folder: string
  before(async () => {
    inbox = await startInbox()
    folder = mkdtempSync(join(tmpdir(), 'notify-test-'))
  })
  after(async () => {
    await inbox.close()
    rmSync(folder, { recursive: true })
  })

  /** Runs the command in an empty folder with only these settings. */
  async function run(args: string[], settings: Record<string, string> = {}) {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: { PATH: process.env.PATH, ...settings } })
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { output, errors, code }
  }
  const mail = (url: string, more: Record<string, string> = {}) => ({ SMTP_URL: url, MAIL_TO: 'ann@example.org, ben@example.org', ...more })
  const withPassword = () => inbox.url.replace('//', '//ann%40example.org:s3cret@')

  it('lists the channels with their options if no channel is named', async () => {
    const NOTIFY_URLS = 'ntfy://ntfy.example/house?name=phone&quiet=22:00-07:00&budget=200&severity=warning'
    const { output, code } = await run([], mail(inbox.url, { NOTIFY_URLS }))
    assert.equal(code, 0)
    assert.match(output, /^mail: 2 recipients$/m)
    assert.match(output, /^phone: ntfy, one recipient, quiet from 22:00 to 07:00, 200 messages a month, warnings and critical alerts$/m)
    assert.equal(
      inbox.mails.some(({ subject }) => /^Test/.test(subject)),
      false,
    )
  })

  it('sends a real message to every recipient of the channel, in the configured language', async () => {
    const { output, code, errors } = await run(['--channel', 'mail'], mail(inbox.url, { UI_LANGUAGE: 'zh-TW' }))
    assert.deepEqual([code, errors], [0, ''])
    assert.match(output, /accepted the test message for 2 recipients/)
    const mails = inbox.mails.filter(({ subject }) => subject === '測試：Hearthwatch 可以通知到你')
    assert.deepEqual(mails.flatMap(({ recipients }) => recipients).sort(), ['ann@example.org', 'ben@example.org'])
  })

  it('prints the reason of a failure without the password', async (t) => {
    const strict = await startInbox({ answers: { login: () => '535 5.7.8 Username and password not accepted' } })
    t.after(() => strict.close())
    const cases: [string, RegExp][] = [
      [withPassword().replace(String(inbox.port), String(strict.port)), /does not accept the user name or the password.*app password/],
      ['smtp://nobody.invalid', /nobody\.invalid was not found/],
      ['smtp://127.0.0.1:1', /^The mail server 127\.0\.0\.1:1 refused the connection: is it running/],
      [withPassword().replace('smtp:', 'smtps:'), /does not use TLS from the start: should smtps:\/\/ be smtp:\/\//],
    ]
    for (const [url, words] of cases) {
      const { errors, output, code } = await run(['--channel', 'mail'], mail(url))
      assert.deepEqual([code, output], [1, ''], errors)
      assert.match(errors, words)
      assert.doesNotMatch(errors, /s3cret|\n\s+at /)
    }
  })

  it('prints the reason in the configured language', async () => {
    const { errors, code } = await run(['--channel', 'mail'], mail('smtp://127.0.0.1:1', { UI_LANGUAGE: 'zh-TW' }))
    assert.deepEqual([code, errors], [1, '郵件伺服器 127.0.0.1:1 拒絕連線：郵件伺服器有在執行嗎？連接埠正確嗎？\n'])
  })

  it('exits with 2 for wrong use and with 1 without channels, and prints its help', async () => {
    const unknown = await run(['--channel', 'pigeon'], mail(inbox.url))
    assert.deepEqual([unknown.code, unknown.errors.trim()], [2, 'There is no channel pigeon. Channels: mail.'])
    assert.equal((await run(['--chanel', 'mail'])).code, 2)
    const none = await run([])
    assert.deepEqual([none.code, none.errors.trim()], [1, 'No channel is set up: set SMTP_URL and MAIL_TO, or NOTIFY_URLS.'])
    assert.equal((await run(['--channel', 'mail'], { SMTP_URL: 'smtp://127.0.0.1' })).code, 1)
    const { code, output } = await run(['--help'])
    assert.equal(code, 0)
    assert.match(output, /--channel NAME/)
  })
})
