import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isDeviceId, isName, isTopic, toDeviceId } from '../../index.ts'
import { anyText, name } from '../arbitraries.ts'

describe('the name of a room', () => {
  it('may use any script, with spaces inside', () => {
    for (const room of ['kitchen', 'living-room', 'Living Room 2', '客廳', 'Küche', 'Детская', 'חדר שינה', 'ห้องครัว', 'r_1.a', '0', '🛋'])
      assert.ok(isName(room), room)
    fc.assert(fc.property(name, (text) => isName(text)))
  })

  it('may contain markup, quotes, dots and formulas, which are plain text', () => {
    for (const room of ['<b onclick=x>', '"', "Anna's", '..', '=cmd()', '`rm`', '%2F', '\\', '{room}', '__proto__'])
      assert.ok(isName(room), room)
  })

  it('may contain marks of writing direction, which are plain text', () => {
    for (const mark of ['\u200e', '\u200f', '\u202e', '\u2066']) assert.ok(isName(`a${mark}b`))
  })

  it('has 1 to 64 characters, counted in code points', () => {
    assert.ok(!isName(''))
    assert.ok(isName('廳'.repeat(64)))
    assert.ok(!isName('廳'.repeat(65)))
    assert.ok(isName('🛋'.repeat(64)))
    assert.ok(!isName('🛋'.repeat(65)))
    assert.ok(!isName('a'.repeat(10_000_000)))
  })

  it('has no character with a meaning in a topic', () => {
    for (const text of ['a/b', '/', '../x', '+', 'a+', '#', 'a#b', '$SYS', '$']) assert.ok(!isName(text), text)
    assert.ok(isName('a$'))
  })

  it('has no spaces at its ends', () => {
    for (const text of [' ', ' a', 'a ', '   ']) assert.ok(!isName(text), text)
  })

  it('has no control characters and no line ends of any kind', () => {
    for (const code of [...Array(0x20).keys(), 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x2028, 0x2029])
      assert.ok(!isName(`a${String.fromCodePoint(code)}b`), code.toString(16))
  })

  it('has no noncharacters and no broken characters', () => {
    for (const text of ['\ud800', 'a\udc00', '\ufffd', '\ufffe', '\ufdd0', '\u{1ffff}']) assert.ok(!isName(text), JSON.stringify(text))
  })

  it('makes one level of a topic that can be published on', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, name), (text) => {
        fc.pre(isName(text))
        return isTopic(text) && !text.includes('/') && !text.startsWith('$')
      }),
    )
  })

  it('stays the same through UTF-8', () => {
    fc.assert(fc.property(name, (text) => Buffer.from(text).toString() === text))
  })
})

describe('the id of a device of ours', () => {
  it('has 1 to 32 small Latin letters, digits and hyphens', () => {
    for (const id of ['pi-1', 'a', '0', '-', 'a'.repeat(32)]) assert.ok(isDeviceId(id), id)
    for (const id of ['', 'Pi', 'pi_1', 'pi.local', 'a'.repeat(33), '客廳', 'a\n', 'a b', 'x/y', '+']) assert.ok(!isDeviceId(id), id)
  })

  it('can be made from any host name', () => {
    assert.equal(toDeviceId('Raspberry Pi.local'), 'raspberry-pi-local')
    assert.equal(toDeviceId('Küche'), 'k-che')
    assert.equal(toDeviceId('🛋'), '-')
    assert.equal(toDeviceId(''), 'sensor')
    fc.assert(fc.property(anyText, (text) => isDeviceId(toDeviceId(text))))
  })

  it('stays the same if it is already valid', () => {
    fc.assert(fc.property(anyText.map(toDeviceId), (id) => toDeviceId(id) === id && isName(id)))
  })
})
