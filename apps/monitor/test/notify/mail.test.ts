import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { after, before, describe, it } from 'node:test'
import { SettingsError } from '@hearthwatch/settings'
import { type Answers, type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { SMTPServer } from 'smtp-server'
import { readConfig } from '../../config/config.ts'
import { DeliveryError } from '../../notify/channels/channel.ts'
import { createChannel } from '../../notify/channels/registry.ts'
import { createMail } from '../../notify/channels/smtp.ts'

const recipients = ['Ann <ann@example.org>', 'ben@example.org']
const message = {
  id: '0b0c8a54-5d2b-4c79-8d0f-1a4a5e3e0e11',
  recipient: 'ben@example.org',
  severity: 'warning',
  subject: 's',
  text: 't',
  html: '<p>t</p>',
  link: null,
  acknowledge: null,
  contents: [],
} as const

describe('A mail', () => {
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
  })
  after(() => inbox.close())

  async function sent(options: { url?: string; from?: string } = {}, given: Partial<typeof message | Record<string, string>> = {}) {
    const channel = createMail({ url: inbox.url, recipients, ...options })
    await channel.send({ ...message, ...given } as typeof message)
    channel.close()
    return inbox.next()
  }

  it('has a text and an HTML part, is marked as auto-generated, and keeps its Message-ID', async () => {
    const mail = await sent({ from: 'The house <house@example.org>' }, { severity: 'critical' })
    assert.deepEqual([mail.sender, mail.recipients], ['house@example.org', ['ben@example.org']])
    assert.equal(mail.messageId, `<${message.id}@example.org>`)
    assert.deepEqual([mail.text.trim(), mail.html.trim()], ['t', '<p>t</p>'])
    assert.equal(mail.parsed.headers.get('auto-submitted'), 'auto-generated')
    assert.equal(mail.parsed.headers.get('priority'), 'high')
    assert.equal(mail.parsed.from?.text, '"The house" <house@example.org>')
  })

  it('is sent from MAIL_FROM, else from the user name if it is an address, else from hearthwatch@ this machine', async () => {
    assert.equal((await sent({ from: 'house@example.org' })).sender, 'house@example.org')
    assert.equal((await sent({ url: inbox.url.replace('//', '//ann%40example.org:x@') })).sender, 'ann@example.org')
    const mail = await sent({ url: inbox.url.replace('//', '//ann:x@') })
    assert.match(mail.sender, /^hearthwatch@[a-zA-Z0-9.-]+$/)
    assert.ok(mail.sender.toLowerCase().startsWith(`hearthwatch@${hostname().toLowerCase().slice(0, 3)}`))
    assert.equal(mail.parsed.from?.value[0]?.name, 'Hearthwatch')
  })

  it('is sent to one address, even if a recipient’s name contains another', async () => {
    const mail = await sent({}, { recipient: '"Eve, <eve@example.org>" <ben@example.org>' })
    assert.deepEqual(mail.recipients, ['ben@example.org'])
  })

  it('keeps a subject with line ends and control characters within its own header', async () => {
    for (const subject of [
      'a\r\nBcc: eve@example.org',
      'a\nContent-Type: text/html\n\n<b>',
      '=?utf-8?Q?=0D=0ABcc:_eve@example.org?=',
      '\u0000\u2028',
      '客廳 🔥'.repeat(60),
    ]) {
      const mail = await sent({}, { subject })
      assert.deepEqual(mail.recipients, ['ben@example.org'])
      const headers = mail.parsed.headerLines.map(({ key }) => key)
      assert.ok(!headers.includes('bcc'), headers.join())
      assert.equal(headers.filter((key) => key === 'content-type').length, 1)
      assert.equal(mail.text.trim(), 't')
      for (const line of mail.raw.split('\r\n')) assert.ok(line.length <= 998 && !/[\r\n]/.test(line))
    }
  })
})

describe('A mail server’s reply', () => {
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
  })
  after(() => inbox.close())

  async function failure(answers: Answers, url = inbox.url): Promise<DeliveryError> {
    Object.assign(inbox.answers, {
      greeting: undefined,
      login: undefined,
      sender: undefined,
      recipient: undefined,
      mail: undefined,
      ...answers,
    })
    const channel = createMail({ url, recipients })
    try {
      await channel.send(message)
    } catch (error) {
      assert.ok(error instanceof DeliveryError)
      return error
    } finally {
      channel.close()
    }
    throw new assert.AssertionError({ message: 'it was sent' })
  }
  const withPassword = () => inbox.url.replace('//', '//ann:secret@')

  it('450, 451 or 452 means retry later; 421 means that the server is unavailable', async () => {
    for (const code of [450, 451, 452]) {
      assert.equal((await failure({ recipient: () => `${code} 4.0.0 Not now` })).kind, 'later')
      assert.equal((await failure({ mail: () => `${code} 4.0.0 Not now` })).kind, 'later')
    }
    assert.equal((await failure({ recipient: () => '421 4.0.0 Too much' })).kind, 'unreachable')
    assert.equal((await failure({ mail: () => '421 4.0.0 Too much' })).kind, 'unreachable')
  })

  it('550, 552, 553 or 554 means refused, and is quoted in the reason', async () => {
    for (const code of [550, 552, 553, 554]) {
      for (const answers of [{ recipient: () => `${code} 5.0.0 No way` }, { mail: () => `${code} 5.0.0 No way` }]) {
        const { kind, message } = await failure(answers)
        assert.equal(kind, 'refused')
        assert.equal(
          message,
          `The mail server 127.0.0.1:${inbox.port} refused the mail to ben@example.org. Server reply: ${code} 5.0.0 No way`,
        )
      }
    }
  })

  it('535 suggests an app password; 454 means that the server is unavailable', async () => {
    const wrong = await failure({ login: () => '535 5.7.8 Username and password not accepted' }, withPassword())
    assert.equal(wrong.kind, 'locked-out')
    assert.match(wrong.message, /user name or the password in SMTP_URL.*app password.*Server reply: 535 5.7.8/)
    assert.equal((await failure({ login: () => '454 4.7.0 Temporary failure' }, withPassword())).kind, 'unreachable')
  })

  it('with an untrusted certificate is rejected; a wrong scheme is named in the reason', async (t) => {
    const server = new SMTPServer({ secure: true, logger: false })
    server.on('error', () => {})
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    t.after(() => server.close())
    const { port } = server.server.address() as AddressInfo
    const strange = await failure({}, `smtps://127.0.0.1:${port}`)
    assert.equal(strange.kind, 'unreachable')
    assert.match(strange.message, /^The certificate of the mail server 127\.0\.0\.1:\d+ is not valid, so the mail was not sent: /)
    assert.match((await failure({}, inbox.url.replace('smtp:', 'smtps:'))).message, /should smtps:\/\/ be smtp:\/\/\?$/)
  })

  it('550 to MAIL FROM concerns every mail and pauses the channel', async () => {
    const { kind, message } = await failure({ sender: () => '550 5.7.1 Not your address' })
    assert.equal(kind, 'locked-out')
    assert.match(message, /set MAIL_FROM/)
  })

  it('without STARTTLS means that no password is sent to another machine', async () => {
    const { kind, message } = await failure({}, withPassword().replace('127.0.0.1', '0.0.0.0'))
    assert.equal(kind, 'unreachable')
    assert.match(message, /offers no working encryption/)
  })

  it('is missing for three distinct reasons: unknown host, closed port, connection closed at once', async () => {
    assert.match((await failure({}, 'smtp://nobody.invalid')).message, /nobody\.invalid was not found/)
    const shut = await failure({ greeting: () => 'drop' })
    assert.deepEqual([shut.kind, shut.message], ['unreachable', `The mail server 127.0.0.1:${inbox.port} closes every connection at once.`])
    assert.match((await failure({}, 'smtp://127.0.0.1:1')).message, /^The mail server 127\.0\.0\.1:1 refused the connection/)
  })
})

describe('The mail channel of the settings', () => {
  it('exists only with SMTP_URL', () => {
    assert.deepEqual(readConfig({}, []).channels, [])
    const { channels } = readConfig({ SMTP_URL: 'smtp://127.0.0.1:25', MAIL_TO: recipients.join() }, [])
    const [mail, ...others] = channels.map((channel) => createChannel(channel, Date.now))
    assert.deepEqual([mail?.name, mail?.recipients, others], ['mail', recipients, []])
    mail?.close()
  })

  it('has every address of MAIL_TO, with commas or semicolons between them, with names, groups and repeats', () => {
    const lists: [list: string, recipients: string[]][] = [
      ['a@home.example; b@home.example', ['a@home.example', 'b@home.example']],
      ['a@home.example,b@home.example;c@home.example,', ['a@home.example', 'b@home.example', 'c@home.example']],
      ['Ann <a@home.example>, "Doe, Ben" <b@home.example>', ['Ann <a@home.example>', '"Doe, Ben" <b@home.example>']],
      ['Family: a@home.example, b@home.example;', ['a@home.example', 'b@home.example']],
      ['a@home.example, a@home.example', ['a@home.example']],
      ['用戶@例子.台灣', ['用戶@例子.台灣']],
    ]
    for (const [MAIL_TO, expected] of lists) {
      const [mail] = readConfig({ SMTP_URL: 'smtp://127.0.0.1:25', MAIL_TO }, []).channels.map((channel) =>
        createChannel(channel, Date.now),
      )
      assert.deepEqual(mail?.recipients, expected)
      mail?.close()
    }
  })

  it('is rejected if something in MAIL_TO or MAIL_FROM is left over that is no address', () => {
    const lists = [
      'a@home.example b@home.example',
      'a@home.example, root',
      'a@home.example | b@home.example',
      'a@home.example、b@home.example',
      'a@@home',
    ]
    for (const MAIL_TO of [...lists, 'Ann <a@home.example> Ben <b@home.example>'])
      assert.throws(
        () => readConfig({ SMTP_URL: 'smtp://127.0.0.1:25', MAIL_TO }, []),
        (error) =>
          error instanceof SettingsError && error.problems.length === 1 && /^MAIL_TO must be mail addresses/.test(error.problems[0] ?? ''),
        MAIL_TO,
      )
    for (const MAIL_FROM of [...lists, 'a@home.example, b@home.example'])
      assert.throws(() => readConfig({ MAIL_FROM }, []), /MAIL_FROM must be one mail address/, MAIL_FROM)
  })

  it('is rejected without printing the password if its URL is wrong', () => {
    for (const url of ['smtp://ann:pa#ss@mail.example.org', 'smtp://']) {
      assert.throws(
        () => readConfig({ SMTP_URL: url, MAIL_TO: recipients.join() }, []),
        (error) => error instanceof SettingsError && /SMTP_URL/.test(error.message) && !/pa.ss/.test(error.message),
      )
    }
  })
})
