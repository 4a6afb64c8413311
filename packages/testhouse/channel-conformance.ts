import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { type Channel, DeliveryError, type FailureKind, type Message } from '../../apps/monitor/notify/channels/channel.ts'

/** What has arrived on the other side. */
export interface Arrived {
  /** Null: the service has no place for it. */
  id: string | null
  recipient: string
  /** All that a person sees. */
  words: string
}

/** The other side of a channel, real, and able to misbehave. */
export interface OtherSide<How extends string> {
  channel: Channel
  /** The same, but it gives up after a second or two, for where the other side is silent. */
  impatient: Channel
  /** Only the subject is told. */
  short?: boolean
  /** Resolves with what arrives next. */
  next(): Promise<Arrived>
  arrived(): number
  /** From now on it behaves so; undefined: well. */
  behave(how: How | 'stops answering in the middle' | undefined): void | Promise<void>
  /** Must never be told to anybody. */
  secrets: string[]
  close(): Promise<void>
}

/** What a failure means, and what the other side asked us to wait, ms. */
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
 * What every channel has to do.
 * @param meanings how the other side fails, and what that means
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

    it('hands a message to its recipient alone, known by its id', async () => {
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

    it('takes no words for something else than words', async () => {
      const evil = 'a\r\nBcc: eve@example.org\r\n\r\n.\r\nQUIT <b>"\'&{"path":"/etc/passwd"}\u0000'
      const sent = message({ subject: evil, text: evil, html: '' })
      await channel.send(sent)
      assert.ok((await arrives(sent)).words.includes('QUIT'))
    })

    it('gets the longest of messages through', async () => {
      const long = 'very "long" 👩‍👩‍👧‍👦 & <so> '.repeat(2000)
      const sent = message({ subject: long, text: `${long}\n${long}`, html: long })
      await channel.send(sent)
      assert.ok((await arrives(sent)).words.includes('very "long"'))
    })

    it('gets any text through, whatever signs it is made of', async () => {
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
      it(`says ${kind} where the other side ${how}, in plain words, and works again afterwards`, async () => {
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

    it('breaks off what is being sent when it is closed', async () => {
      await other.behave('stops answering in the middle')
      const sending = assert.rejects(channel.send(message()), DeliveryError)
      setImmediate(() => channel.close())
      await sending
      await assert.rejects(channel.send(message()), DeliveryError)
    })
  })
}
