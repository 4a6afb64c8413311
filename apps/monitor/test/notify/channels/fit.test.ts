import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { belowSubject, bytes, chatText, fit, tidy } from '../../../notify/channels/fit.ts'
import { exampleMessage } from './conformance.ts'

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 300 }))

describe('A text for a service', () => {
  it('is cut between visible characters, with an ellipsis', () => {
    assert.equal(fit('廚房太熱', 4), '廚房太熱')
    assert.equal(fit('廚房太熱了', 4), '廚房太…')
    assert.equal(fit('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12), '👩‍👩‍👧‍👦…')
    assert.equal(fit('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 11), '…')
    assert.equal(fit('廚房太熱', 11, bytes), '廚房…')
    assert.equal(fit('too hot today', 9), 'too hot…')
  })

  it('is never longer than the limit, and always well-formed', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 200 }), fc.boolean(), (text, most, inBytes) => {
        const sizeOf = inBytes ? bytes : ({ length }: string) => length
        const short = fit(tidy(text), most, sizeOf)
        assert.ok(sizeOf(short) <= most)
        assert.ok(short.isWellFormed())
        if (sizeOf(tidy(text)) <= most) assert.equal(short, tidy(text))
      }),
    )
  })

  it('has no control characters except line ends', () => {
    fc.assert(fc.property(anyText, (text) => assert.doesNotMatch(tidy(text), /(?!\n)\p{Cc}/u)))
    assert.equal(tidy(' a\r\nb\rc\u0000d\te\u001b[31m '), 'a\nb\nc d e [31m')
  })

  it('omits the signature, the addresses and a repeated subject', () => {
    const [link, acknowledge] = ['https://house.example.org/#/room/kitchen', 'https://house.example.org/a/abc']
    const text = `Kitchen 31 °C: too hot\n\nRoom: kitchen\n\nAcknowledge: ${acknowledge}\nOpen: ${link}\n\n-- \nHearthwatch\n`
    const message = { ...exampleMessage, subject: 'Kitchen 31 °C: too hot', text, link, acknowledge }
    assert.equal(chatText(message), 'Kitchen 31 °C: too hot\n\nRoom: kitchen')
    assert.equal(belowSubject(message), 'Room: kitchen')
    assert.equal(belowSubject({ ...message, subject: 'Something else' }), 'Kitchen 31 °C: too hot\n\nRoom: kitchen')
    assert.equal(belowSubject({ ...message, subject: 'Kitchen 31 °C: too hot', text: 'Kitchen 31 °C: too hot' }), 'Kitchen 31 °C: too hot')
    const several = { ...message, subject: '2 alerts: a; b', text: '2 alerts\n\n- a\n- b\n\n-- \nHearthwatch' }
    assert.equal(belowSubject(several), '- a\n- b')
  })

  it('is not cut at a text from MQTT that looks like a signature', () => {
    const text = 'Message: -- \nRoom: kitchen\n-- x\n'
    assert.equal(chatText({ ...exampleMessage, text }), 'Message: -- \nRoom: kitchen\n-- x')
  })
})
