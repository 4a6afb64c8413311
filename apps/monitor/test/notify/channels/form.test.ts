import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newSubscription } from '@hearthwatch/testhouse/servers/push-service'
import fc from 'fast-check'
import type { FormValues } from '../../../notify/channels/form.ts'
import { fieldsOf, parseForm, problemsOf, tidied, typeOf } from '../../../notify/channels/from-form.ts'
import { channelTypes, parseChannels } from '../../../notify/channels/registry.ts'

const id = (letter: string) => `${letter}0123456789abcdef0123456789abcdef`
/** A filled form of each kind, and the same channel as a URL of the settings. */
const examples: Record<string, { fields: FormValues; url: string; recipients: number }> = {
  mail: {
    fields: {
      server: 'smtp.gmail.com',
      encryption: 'smtps',
      user: 'me@gmail.com',
      password: 'a&b c/#?%@:',
      to: 'Ann <ann@example.org>, ben@example.org',
    },
    url: 'smtps://me%40gmail.com:x@smtp.gmail.com?to=ann@example.org,ben@example.org',
    recipients: 2,
  },
  ntfy: { fields: { server: 'https://ntfy.sh', topic: 'house-7XqK2m' }, url: 'ntfys://ntfy.sh/house-7XqK2m', recipients: 1 },
  line: {
    fields: { token: 'abc+/=:@'.repeat(20), to: `${id('U')}, ${id('C')}` },
    url: `line://${'a'.repeat(20)}@${id('U')}/${id('C')}`,
    recipients: 2,
  },
  telegram: {
    fields: { token: `123456789:${'A'.repeat(35)}`, to: '-100123 @channel' },
    url: `tgram://123456789:${'A'.repeat(35)}/-100123/@channel`,
    recipients: 2,
  },
  discord: {
    fields: { webhook: `https://discord.com/api/webhooks/123456789012345678/${'a'.repeat(68)}` },
    url: `discord://123456789012345678/${'a'.repeat(68)}`,
    recipients: 1,
  },
  slack: { fields: { webhook: 'https://hooks.slack.com/services/T01/B02/abcdefghij' }, url: 'slack://T01/B02/abcdefghij', recipients: 1 },
  twilio: {
    fields: { account: `AC${'0'.repeat(32)}`, token: 's:/@', from: '+15005550006', to: '+886912345678' },
    url: `twilio://AC${'0'.repeat(32)}:s@+15005550006/+886912345678`,
    recipients: 1,
  },
  browser: {
    fields: { endpoint: 'https://push.example.org/send/abc:d-e_f?x=1&y=%23', ...newSubscription().keys },
    url: `webpush://?endpoint=https%3A%2F%2Fpush.example.org%2Fx&p256dh=B${'a'.repeat(86)}&auth=${'a'.repeat(22)}`,
    recipients: 1,
  },
  webhook: {
    fields: { address: 'http://homeassistant.local:8123/api/webhook/long?x=1', secret: 'correct horse' },
    url: 'http://x/y',
    recipients: 1,
  },
}

describe('The form of a channel', () => {
  for (const type of channelTypes) {
    const { kind } = type
    const example = examples[kind]
    assert.ok(example, `an example of ${kind}`)

    it(`of kind ${kind} makes the same channel as its URL, with the options of every channel`, () => {
      const fields = { ...example.fields, quiet: '22:00-07:00', severity: 'warning', budget: 'none' }
      assert.deepEqual(problemsOf(type, fields), [])
      const made = parseForm(type, '廚房', fields, { TZ: 'Asia/Taipei' })
      assert.ok('channel' in made, JSON.stringify(made))
      const { channels, problems } = parseChannels({ NOTIFY_URLS: example.url, mailTo: [], TZ: 'Asia/Taipei' })
      assert.deepEqual(problems, [])
      const transport = made.channel.createTransport({ now: Date.now })
      assert.equal(transport.recipients.length, example.recipients)
      assert.deepEqual(channels[0]?.kind, kind)
      assert.deepEqual([made.channel.name, made.channel.kind, made.channel.minimum, made.channel.budget], ['廚房', kind, 'warning', null])
      assert.equal(made.channel.quiet?.from, 22 * 60)
      transport.close()
    })

    it(`of kind ${kind} names each field that is missing, unknown, wrong or too long`, () => {
      const required = fieldsOf(type).flatMap(({ name, isOptional }) => (isOptional ? [] : [name]))
      assert.deepEqual(
        problemsOf(type, {}),
        required.map((field) => ({ field, problem: 'missing' })),
      )
      assert.deepEqual(problemsOf(type, { ...example.fields, nonsense: 'x' }), [{ field: 'nonsense', problem: 'unknown' }])
      for (const field of required) {
        assert.deepEqual(problemsOf(type, { ...example.fields, [field]: 'x'.repeat(2001) }), [{ field, problem: 'too-long', max: 2000 }])
        assert.deepEqual(problemsOf(type, { ...example.fields, [field]: 'a\r\nb' }), [{ field, problem: 'wrong-format' }])
      }
      for (const option of ['quiet', 'severity', 'budget'])
        assert.deepEqual(problemsOf(type, { ...example.fields, [option]: '-1' }), [{ field: option, problem: 'wrong-format' }])
    })

    it(`of kind ${kind} with fields that are right is never refused by the parser of URLs`, () => {
      const names = fieldsOf(type).map(({ name }) => name)
      const odd = fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.constantFrom('[::1]:25', 'a@b', 'http://x', '?name=y', '#', '%zz', '/', '@', ':', '&to=eve@example.org'),
      )
      fc.assert(
        fc.property(fc.constantFrom(...names), odd, (name, value) => {
          const fields = tidied({ ...example.fields, [name]: value })
          if (problemsOf(type, fields).length > 0) return
          const made = parseForm(type, 'x', fields, {})
          assert.ok('channel' in made, `${name}=${value}: ${JSON.stringify(made)}`)
          assert.equal(made.channel.createTransport({ now: Date.now }).recipients.length >= 1, true)
        }),
        { numRuns: 300 },
      )
    })

    it(`of kind ${kind} has words in both languages, and keeps passwords and tokens secret`, () => {
      for (const { label, hint, name, isSecret } of fieldsOf(type)) {
        for (const text of [label, ...(hint ? [hint] : [])]) assert.ok(text.en !== '' && text['zh-TW'] !== '')
        if (/token|password|secret|webhook|address|topic/.test(name)) assert.ok(isSecret, name)
      }
      assert.equal(typeOf(kind), type)
    })
  }
})
