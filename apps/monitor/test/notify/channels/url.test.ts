import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { SettingsError } from '@hearthwatch/settings'
import { startInbox } from '@hearthwatch/testhouse/servers/inbox'
import fc from 'fast-check'
import { readConfig } from '../../../config/config.ts'
import { createChannel } from '../../../notify/channels/registry.ts'
import { withoutParameters } from '../../../notify/channels/url.ts'
import { exampleMessage } from './conformance.ts'

const lineToken = 'wX9/pR+q7ZkLm/4TfVbN2sYcUe8+GhJd1aQoPi5rWx0zKv3nBt6yHg=='
const ann = `U${'0123456789abcdef'.repeat(2)}`
const botToken = '123456789:AAF-abcDEF_ghiJKLmnoPQRstuVWXyz0123'

function channelsOf(urls: string, more: Record<string, string> = {}) {
  const channels = openChannels({ NOTIFY_URLS: urls, ...more })
  for (const channel of channels) channel.close()
  return channels
}

function openChannels(environment: Record<string, string>) {
  return readConfig(environment, []).channels.map((channel) => createChannel(channel, Date.now))
}

function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment, [])
  } catch (error) {
    assert.ok(error instanceof SettingsError)
    return [...error.problems]
  }
  return []
}

describe('NOTIFY_URLS', () => {
  it('creates a channel for each URL, after mail by SMTP_URL; names follow the service and are numbered', () => {
    const urls = `ntfy://ntfy.lan/a ntfys://ntfy.sh/b\n  line://${lineToken}@${ann}\ttgram://${botToken}/1/2 https://me.example/hook smtps://ann:x@mail.example?to=eve@example.org,ben@example.org`
    const channels = channelsOf(urls, { SMTP_URL: 'smtp://127.0.0.1', MAIL_TO: 'ann@example.org' })
    assert.deepEqual(
      channels.map(({ name, kind, recipients }) => [name, kind, recipients]),
      [
        ['mail', 'mail', ['ann@example.org']],
        ['ntfy', 'ntfy', ['ntfy.lan']],
        ['ntfy-2', 'ntfy', ['ntfy.sh']],
        ['line', 'line', [ann]],
        ['telegram', 'telegram', ['1', '2']],
        ['webhook', 'webhook', ['me.example']],
        ['mail-2', 'mail', ['eve@example.org', 'ben@example.org']],
      ],
    )
  })

  it('may have commas or semicolons between the URLs', () => {
    const names = (urls: string) => channelsOf(urls).map(({ recipients }) => recipients.join())
    for (const between of [',', ';', ', ', ' ;\n'])
      assert.deepEqual(names(`ntfy://a.lan/x${between}ntfys://b.lan/y`), ['a.lan', 'b.lan'], between)
    assert.deepEqual(names('https://me.example/hook?list=a,b;c'), ['me.example'])
  })

  it('can be read from a file by NOTIFY_URLS_FILE, one URL a line', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'urls-'))
    t.after(() => rm(folder, { recursive: true }))
    writeFileSync(join(folder, 'urls'), 'ntfys://ntfy.sh/one\r\nntfys://ntfy.sh/two\n')
    assert.deepEqual(
      readConfig({ NOTIFY_URLS_FILE: join(folder, 'urls') }, []).channels.map(({ name }) => name),
      ['ntfy', 'ntfy-2'],
    )
  })

  it('keeps a name that is set by name=, regardless of other channels', () => {
    const names = channelsOf('ntfy:///a?name=ntfy-2 ntfy:///b ntfy:///c ntfy:///d?name=廚房').map(({ name }) => name)
    assert.deepEqual(names, ['ntfy-2', 'ntfy', 'ntfy-3', '廚房'])
  })

  it('sets quiet hours, budget and least severity of a channel', () => {
    const [channel] = channelsOf('ntfy:///a?quiet=22:00-07:00&days=fri-mon,wed&zone=Europe/Vienna&budget=30&severity=warning')
    assert.deepEqual(channel?.quiet, { from: 1320, until: 420, days: new Set([5, 6, 0, 1, 3]), zone: 'Europe/Vienna' })
    assert.deepEqual([channel?.budget, channel?.minimum], [{ perMonth: 30 }, 'warning'])
    const [plain] = channelsOf('ntfy:///a?quiet=13:30-14:00', { TZ: 'Asia/Taipei' })
    assert.deepEqual(plain?.quiet, { from: 810, until: 840, days: new Set([0, 1, 2, 3, 4, 5, 6]), zone: 'Asia/Taipei' })
    assert.deepEqual([plain?.budget, plain?.minimum], [null, 'info'])
    const [mail] = channelsOf('', { SMTP_URL: 'smtp://127.0.0.1?quiet=22:00-07:00&ignoreTLS=true&name=night', MAIL_TO: 'ann@example.org' })
    assert.deepEqual([mail?.name, mail?.quiet?.until], ['night', 420])
  })

  it('reports all mistakes at once, with number and scheme and without secrets', () => {
    const problems = problemsOf({
      SMTP_URL: 'smtp://ann:hunter2@mail.example.org?severity=loud',
      MAIL_TO: 'ann@example.org',
      NOTIFY_URLS: [
        'sekret-token-without-scheme',
        'ntfy://tk_sekret@ntfy.lan/topic/other?days=mon',
        'ntfy://tk_sekret@ntfy.lan/topic?quiet=22-7&days=monday&zone=Mars/Olympus&budget=0&severity=bad&name=a/b&tokken=sekret',
        'line://sekret@U1',
        `line://${lineToken}@Usekret`,
        `tgram://${botToken}`,
        'tgram://sekret/1',
        'discord://1/sekret',
        'slack://T0/sekret',
        'twilio://ACsekret:sekret@+1/+2',
        'https://discord.com/api/webhooks/123456789012345678/sekret',
        'https://ann:sek%ret@me.example/',
        'smtp://ann:se#kret@mail.example.org',
        'pushover://sekret@sekret',
        'ntfy:///a?name=same',
        'ntfy:///b?name=same',
      ].join(' '),
    })
    const expected = [
      /^SMTP_URL has severity=…, which must be one of info, warning, critical$/,
      /^NOTIFY_URLS, number 1 is not an address like ntfy:/,
      /^NOTIFY_URLS, number 2 \(ntfy:\/\/\*\*\*\) has days= or zone=, but no quiet hours/,
      /^NOTIFY_URLS, number 2 \(ntfy:\/\/\*\*\*\) needs one topic/,
      /number 3 .* quiet=…, which must be two times/,
      /number 3 .* days=…, which must be days/,
      /number 3 .* zone=…, which must be a time zone/,
      /number 3 .* name=…, which must be/,
      /number 3 .* budget=…, which must be a number/,
      /number 3 .* severity=…, which must be one of/,
      /number 3 .* has parameters that ntfy does not know: 1 of them; it knows name, quiet, days, zone, budget, severity$/,
      /number 4 .* needs a channel access token/,
      /number 5 .* has an invalid recipient \(number 1\)/,
      /number 6 .* names no recipient/,
      /number 7 .* needs the bot’s token/,
      /number 8 .* needs the last two parts/,
      /number 9 .* needs the last three parts/,
      /number 10 .* needs the account’s SID/,
      /number 11 .* write discord:\/\/id\/token$/,
      /number 12 \(https:\/\/\*\*\*\) contains a %/,
      /number 13 .* contains a #/,
      /number 14 has an unknown scheme \(known: smtp, smtps, ntfy, ntfys, line, tgram, discord, slack, twilio, webpush, https, http\)/,
      /^NOTIFY_URLS has several channels with name=same$/,
    ]
    for (const [i, pattern] of expected.entries()) assert.match(problems[i] ?? '', pattern)
    assert.equal(problems.length, expected.length)
    assert.doesNotMatch(problems.join(), /sekret|hunter2|AAF-|tk_|wX9/)
  })

  it('prints no secret in an error, for any URL', () => {
    const secret = 'sekRet42'
    const part = fc.oneof(
      fc.constantFrom(
        secret,
        '/',
        '@',
        ':',
        '?',
        '&',
        '=',
        '#',
        '%',
        '%40',
        '[',
        ']',
        '+',
        '//',
        'quiet=',
        'name=',
        'api=',
        'secret=',
        'host',
        '1',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    const scheme = fc.constantFrom('smtp', 'ntfy', 'ntfys', 'line', 'tgram', 'discord', 'slack', 'twilio', 'https', 'http', 'foo')
    const url = fc.tuple(scheme, fc.array(part, { maxLength: 8 })).map(([scheme, parts]) => `${scheme}://${parts.join('')}`)
    fc.assert(
      fc.property(fc.array(url, { maxLength: 3 }), fc.option(url), (urls, mail) => {
        try {
          channelsOf(urls.join(' '), mail === null ? {} : { SMTP_URL: mail, MAIL_TO: 'ann@example.org' })
        } catch (error) {
          assert.ok(error instanceof SettingsError, String(error))
          assert.ok(!error.message.includes(secret), error.message)
          assert.equal(error.cause, undefined)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('with a mail server needs a recipient', () => {
    assert.deepEqual(problemsOf({ SMTP_URL: 'smtp://127.0.0.1' }), ['SMTP_URL has no recipient: set MAIL_TO, or add to='])
    assert.deepEqual(problemsOf({ SMTP_URL: 'smtp://127.0.0.1?to=ann@example.org' }), [])
    assert.match(problemsOf({ NOTIFY_URLS: 'smtp://127.0.0.1?to=ann' }).join(), /recipient in to= that is not a mail address/)
  })

  it('uses TLS for ntfy.sh in any notation, and for another server as its scheme states', async () => {
    for (const [url, host] of [
      ['ntfy:///house', 'ntfy.sh'],
      ['ntfy://ntfy.sh/house', 'ntfy.sh'],
      ['ntfys://ntfy.lan:8443/house', 'ntfy.lan:8443'],
    ] as const)
      assert.deepEqual(channelsOf(url)[0]?.recipients, [host])
  })

  it('accepts api= only with an http:// or https:// address', () => {
    for (const api of ['ftp://x', 'http://', 'http://user:pass@host', 'nonsense'])
      assert.match(problemsOf({ NOTIFY_URLS: `tgram://${botToken}/1?api=${api}` }).join(), /api=…, which must be/)
  })
})

describe('Mail by NOTIFY_URLS', () => {
  it('is sent to its own recipients, from its own sender, through its own server', async (t) => {
    const inbox = await startInbox()
    t.after(() => inbox.close())
    const url = `${inbox.url.replace('//', '//ann:hunter2@')}?to=Eve%20<eve@example.org>,ben@example.org&from=night@example.org&quiet=22:00-07:00&ignoreTLS=true`
    const [channel] = openChannels({ NOTIFY_URLS: url, MAIL_FROM: 'house@example.org', MAIL_TO: 'ann@example.org' })
    assert.ok(channel)
    t.after(() => channel.close())
    assert.deepEqual(channel.recipients, ['Eve <eve@example.org>', 'ben@example.org'])
    await channel.send({ ...exampleMessage, recipient: 'Eve <eve@example.org>' })
    const { sender, recipients } = await inbox.next()
    assert.deepEqual([sender, recipients], ['night@example.org', ['eve@example.org']])

    inbox.answers.login = () => '535 5.7.8 Username and password not accepted'
    const [another] = openChannels({ NOTIFY_URLS: url })
    assert.ok(another)
    t.after(() => another.close())
    await assert.rejects(another.send({ ...exampleMessage, recipient: 'ben@example.org' }), /the user name or the password in NOTIFY_URLS/)
  })
})

describe('A recipient', () => {
  it('must be in the settings; one that is only in the database is refused', async () => {
    const [channel] = openChannels({ NOTIFY_URLS: `tgram://${botToken}/1?api=http://127.0.0.1:9` })
    assert.ok(channel)
    for (const recipient of ['2', '../2', 'https://evil.example'])
      await assert.rejects(channel.send({ ...exampleMessage, recipient }), {
        kind: 'refused',
        message: /no longer a recipient of this channel/,
      })
    channel.close()
  })
})

describe('A URL from which parameters are removed', () => {
  it('is otherwise unchanged', () => {
    const names = new Set(['name', 'quiet'])
    assert.equal(withoutParameters('https://h/p?a=b+c%20d&name=x&flag&e==', names), 'https://h/p?a=b+c%20d&flag&e==')
    assert.equal(withoutParameters('https://h/p?name=x&quiet=y', names), 'https://h/p')
    assert.equal(withoutParameters('https://h/p', names), 'https://h/p')
  })
})
