import assert from 'node:assert/strict'
import { type Answers, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { type Channel, noOptions, type Transport } from '../../../notify/channels/channel.ts'
import { createMail } from '../../../notify/channels/smtp.ts'
import { conforms } from './conformance.ts'

const recipients = ['Ann <ann@example.org>', 'ben@example.org']
const meanings = {
  'knows no such recipient': 'refused',
  'will not take this message': 'refused',
  'is busy': 'later',
  'breaks the connection in the middle': 'later',
  'stops answering in the middle': 'later',
  'is not there': 'unreachable',
  'takes the connection and says nothing': 'unreachable',
  'is closed for now': 'unreachable',
  'does not accept the password': 'locked-out',
} as const
const misbehaviour: Record<keyof typeof meanings, Answers> = {
  'knows no such recipient': { recipient: () => '550 5.1.1 Nobody of that name' },
  'will not take this message': { mail: () => '552 5.3.4 Too big' },
  'is busy': { recipient: () => '450 4.2.1 Mailbox busy' },
  'breaks the connection in the middle': { mail: () => 'drop' },
  'stops answering in the middle': { mail: () => 'silent' },
  'is not there': {},
  'takes the connection and says nothing': { greeting: () => 'silent' },
  'is closed for now': { greeting: () => '421 4.3.2 Closed for now' },
  'does not accept the password': { login: () => '535 5.7.8 Username and password not accepted' },
}

conforms('mail', meanings, async () => {
  let inbox = await startInbox()
  const { port } = inbox
  let earlier = 0
  const url = `smtp://ann%40example.org:p%40ss-word@127.0.0.1:${port}`
  const named = (transport: Transport): Channel => ({ ...transport, ...noOptions, name: 'mail', kind: 'mail' })
  const channel = named(createMail({ url, recipients }))
  const impatient = named(createMail({ url, recipients, timeouts: { connect: 1500, idle: 2000, total: 9000 } }))
  return {
    channel,
    impatient,
    secrets: ['p@ss-word', 'p%40ss-word', 'ann@example.org:'],
    async next() {
      const { messageId, recipients, subject, text, parsed } = await inbox.next()
      assert.ok(!parsed.headers.has('bcc') && recipients.length === 1)
      const recipient = channel.recipients.find((known) => known.includes(recipients[0] ?? ' ')) ?? ''
      return { id: messageId.slice(1, messageId.indexOf('@')), recipient, words: `${subject}\n${text}` }
    },
    arrived: () => earlier + inbox.mails.length,
    async behave(how) {
      // Each test starts with a new connection, as after some time without mail.
      await inbox.close()
      earlier += inbox.mails.length
      inbox.mails.length = 0
      if (how !== 'is not there') inbox = await startInbox({ port, answers: how === undefined ? {} : misbehaviour[how] })
    },
    close() {
      impatient.close()
      return inbox.close()
    },
  }
})
