import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { type Channel, DeliveryError, type FailureKind, type Message } from '../../../notify/channels/channel.ts'

/** A message that the service has received. */
export interface Arrived {
  /** Null: the service has no field for it. */
  id: string | null
  recipient: string
  /** All visible text. */
  words: string
}

/** A real service for a channel, which can also fail on demand. */
export interface OtherSide<How extends string> {
  channel: Channel
  /** The same channel with a timeout of a second or two, for a service that does not answer. */
  impatient: Channel
  /** True if the channel sends only the subject. */
  short?: boolean
  /** The next received message. */
  next(): Promise<Arrived>
  /** Number of received messages. */
  arrived(): number
  /** Changes the behaviour of the service; undefined: it accepts messages. */
  behave(how: How | 'stops answering in the middle' | undefined): void | Promise<void>
  /** Texts that must never be in an error. */
  secrets: string[]
  close(): Promise<void>
}

/** The kind of a failure, and the wait that the service asks for, ms. */
export type Meaning = FailureKind | readonly [FailureKind, retryAfter: number]

export const exampleMessage: Message = {
  id: '0b0c8a54-5d2b-4c79-8d0f-1a4a5e3e0e11',
  recipient: '',
  severity: 'warning',
  subject: '廚房 31.2 °C：溫度過高',
  text: '廚房 31.2 °C：溫度過高\n\n開始時間：下午2:05\n\n-- \nHearthwatch\n',
  html: '<p>廚房 31.2 °C：溫度過高</p>',
  link: null,
  acknowledge: null,
  contents: [],
}

const isSlow = (how: string) => /^(?:stops answering|takes the connection and says nothing)/.test(how)

/**
 * Tests that every channel must pass.
 * @param meanings the failures of the service, and the kind of each
 */
export function conforms<How extends string>(
  name: string,
  meanings: Readonly<Record<How, Meaning>>,
  start: () => Promise<OtherSide<How>>,
): void {
  describe(`The channel ${name}`, async () => {
    const other = await start()
    const { channel, impatient } = other
    after(() => other.close())
    const [recipient = '', second = recipient] = channel.recipients
    const message = (given: Partial<Message> = {}): Message => ({ ...exampleMessage, id: randomUUID(), recipient, ...given })

    async function arrives(sent: Message): Promise<Arrived> {
      const arrived = await other.next()
      assert.equal(arrived.recipient, sent.recipient)
      if (arrived.id !== null) assert.equal(arrived.id, sent.id)
      return arrived
    }

    it('has a name, a kind and recipients', () => {
      assert.match(channel.name, /^[a-z]+$/)
      assert.equal(channel.kind, channel.name)
      assert.ok(recipient !== '')
    })

    it('sends a message to its recipient only, with its id', async () => {
      const sent = message({ recipient: second })
      const before = other.arrived()
      await channel.send(sent)
      const { words } = await arrives(sent)
      assert.equal(other.arrived(), before + 1)
      assert.ok(words.includes('廚房 31.2 °C：溫度過高'))
      if (!other.short) assert.ok(words.includes('下午2:05'))
    })

    it('keeps the id when it is sent again', async () => {
      const sent = message()
      await channel.send(sent)
      await arrives(sent)
      await channel.send(sent)
      await arrives(sent)
    })

    it('sends text with control characters and markup as plain text', async () => {
      const evil = 'a\r\nBcc: eve@example.org\r\n\r\n.\r\nQUIT <b>"\'&{"path":"/etc/passwd"}\u0000'
      const sent = message({ subject: evil, text: evil, html: '' })
      await channel.send(sent)
      assert.ok((await arrives(sent)).words.includes('QUIT'))
    })

    it('sends a message of 50 kB', async () => {
      const long = 'very "long" 👩‍👩‍👧‍👦 & <so> '.repeat(2000)
      const sent = message({ subject: long, text: `${long}\n${long}`, html: long })
      await channel.send(sent)
      assert.ok((await arrives(sent)).words.includes('very "long"'))
    })

    it('sends a text of any characters', async () => {
      const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 3000, size: 'max' })
      const texts = fc.sample(units, { numRuns: 10, seed: 1 }).map((text) => String.fromCharCode(...text))
      for (const text of texts) {
        const sent = message({ subject: `S ${text}`, text: `T ${text}`, html: '' })
        await channel.send(sent)
        await arrives(sent)
      }
    })

    for (const [how, meaning] of Object.entries(meanings) as [How, Meaning][]) {
      const [kind, retryAfter] = typeof meaning === 'string' ? [meaning, null] : meaning
      it(`fails with ${kind} and a plain reason if the service ${how}, and works again afterwards`, async () => {
        await other.behave(how)
        const before = other.arrived()
        const sender = isSlow(how) ? impatient : channel
        await assert.rejects(sender.send(message()), (error) => {
          assert.ok(error instanceof DeliveryError, String(error))
          assert.equal(error.kind, kind, error.message)
          assert.equal(error.retryAfter, retryAfter)
          assert.equal(error.message, error.why.en)
          assert.match(error.why.en, /^[^\n\r\p{Script=Han}]{20,300}$/u)
          assert.match(error.why['zh-TW'], /^[^\n\r]*\p{Script=Han}[^\n\r]{9,300}$/u)
          for (const secret of other.secrets) for (const words of Object.values(error.why)) assert.ok(!words.includes(secret), words)
          return true
        })
        assert.equal(other.arrived(), before)
        await other.behave(undefined)
        const sent = message()
        await sender.send(sent)
        await arrives(sent)
      })
    }

    it('aborts a message that is being sent when it is closed', async () => {
      await other.behave('stops answering in the middle')
      const sending = assert.rejects(channel.send(message()), DeliveryError)
      setImmediate(() => channel.close())
      await sending
      await assert.rejects(channel.send(message()), DeliveryError)
    })
  })
}
