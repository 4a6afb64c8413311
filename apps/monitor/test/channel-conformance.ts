import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { type Channel, DeliveryError, type FailureKind, type Message } from '../notify/channel.ts'

/** What has arrived on the other side. */
export interface Arrived {
  id: string
  recipient: string
  /** All that a person sees. */
  words: string
}

/** The other side of a channel, real, and able to misbehave. */
export interface OtherSide {
  channel: Channel
  /** The same, but it gives up after a second or two, for where the other side is silent. */
  impatient: Channel
  /** Resolves with what arrives next. */
  next(): Promise<Arrived>
  arrived(): number
  /** From now on it behaves so; undefined: well. */
  behave(how: Behaviour | undefined): void | Promise<void>
  /** Must never be told to anybody. */
  secrets: string[]
  close(): Promise<void>
}

/** How the other side fails, and what that means. */
export const behaviours = {
  'knows no such recipient': 'refused',
  'will not take this message': 'refused',
  'is busy': 'later',
  'breaks the connection in the middle': 'later',
  'stops answering in the middle': 'later',
  'is not there': 'unreachable',
  'takes the connection and says nothing': 'unreachable',
  'is closed for now': 'unreachable',
  'does not accept the password': 'locked-out',
} as const satisfies Record<string, FailureKind>
export type Behaviour = keyof typeof behaviours

/** What every channel has to do. */
export function conforms(name: string, start: () => Promise<OtherSide>): void {
  describe(`The channel ${name}`, async () => {
    const other = await start()
    const { channel, impatient } = other
    after(() => other.close())
    const [recipient = '', second = ''] = channel.recipients

    const message = (given: Partial<Message> = {}): Message => ({
      id: randomUUID(),
      recipient,
      severity: 'warning',
      subject: '廚房 31.2 °C：溫度過高',
      text: '廚房 31.2 °C：溫度過高\n\n開始時間：下午2:05\n',
      html: '<p>廚房 31.2 °C：溫度過高</p>',
      link: null,
      acknowledge: null,
      contents: [],
      ...given,
    })

    it('has a name and at least two recipients, for this suite', () => {
      assert.match(channel.name, /^[a-z]+$/)
      assert.ok(recipient !== '' && second !== '')
    })

    it('hands a message to its recipient alone, known by its id', async () => {
      const sent = message({ recipient: second })
      await channel.send(sent)
      const { id, recipient, words } = await other.next()
      assert.deepEqual([id, recipient], [sent.id, second])
      assert.ok(words.includes('廚房 31.2 °C：溫度過高'))
      assert.ok(words.includes('下午2:05'))
    })

    it('keeps the id when it is sent again', async () => {
      const sent = message()
      await channel.send(sent)
      await channel.send(sent)
      assert.deepEqual([(await other.next()).id, (await other.next()).id], [sent.id, sent.id])
    })

    it('takes no words for something else than words', async () => {
      const evil = 'a\r\nBcc: eve@example.org\r\n\r\n.\r\nQUIT <b>"\'&{"path":"/etc/passwd"}\u0000'
      await channel.send(message({ subject: evil, text: evil, html: '' }))
      const { recipient: to, words } = await other.next()
      assert.equal(to, recipient)
      assert.ok(words.includes('QUIT'))
    })

    for (const [how, kind] of Object.entries(behaviours) as [Behaviour, FailureKind][]) {
      it(`says ${kind} where the other side ${how}, in plain words, and works again afterwards`, async () => {
        await other.behave(how)
        const before = other.arrived()
        const sender = how === 'stops answering in the middle' || how === 'takes the connection and says nothing' ? impatient : channel
        await assert.rejects(sender.send(message()), (error) => {
          assert.ok(error instanceof DeliveryError)
          assert.equal(error.kind, kind, error.message)
          assert.match(error.message, /^[^\n\r]{20,300}$/)
          for (const secret of other.secrets) assert.ok(!error.message.includes(secret), error.message)
          return true
        })
        assert.equal(other.arrived(), before)
        await other.behave(undefined)
        const sent = message()
        await sender.send(sent)
        assert.equal((await other.next()).id, sent.id)
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
