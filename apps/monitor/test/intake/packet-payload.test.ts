import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { generate } from 'mqtt-packet'
import { bytesOnWire, showPayload } from '../../intake/packet-payload.ts'

describe('The shown payload of a packet', () => {
  it('is text, or hex if it is not text', () => {
    assert.deepEqual(showPayload(Buffer.from('25.5 客廳')), {
      payload: '25.5 客廳',
      encoding: 'text',
      length: 11,
      unpacked: null,
      cut: false,
    })
    assert.deepEqual(showPayload(Buffer.from([0xff, 0x00, 0x1b])), {
      payload: 'ff001b',
      encoding: 'hex',
      length: 3,
      unpacked: null,
      cut: false,
    })
    assert.equal(showPayload(Buffer.alloc(0)).payload, '')
  })

  it('is cut after 2 kB, at the end of a character', () => {
    for (const before of ['', 'a', 'ab']) {
      const shown = showPayload(Buffer.from(before + '客'.repeat(1000)))
      assert.ok(shown.cut)
      assert.ok(Buffer.byteLength(shown.payload) <= 2048)
      assert.match(shown.payload, /^a?b?客+$/)
    }
    assert.deepEqual(
      { ...showPayload(Buffer.alloc(1000, 0xff)), payload: '' },
      { payload: '', encoding: 'hex', length: 1000, unpacked: null, cut: true },
    )
  })

  it('is decompressed if it is a zlib stream; a damaged or too large stream is shown as hex', () => {
    const text = JSON.stringify({ rows: Array.from({ length: 50 }, (_, i) => i) })
    const packed = deflateSync(text)
    assert.deepEqual(showPayload(packed), { payload: text, encoding: 'zlib', length: packed.length, unpacked: text.length, cut: false })
    assert.equal(showPayload(Buffer.from('x is text')).encoding, 'text')
    assert.equal(showPayload(packed.subarray(0, -5)).encoding, 'hex')
    assert.equal(showPayload(deflateSync(Buffer.alloc(10_000_000))).encoding, 'hex')
  })

  it('has the size of the MQTT packet that a client sends', () => {
    for (const topic of ['home/kitchen/temperature', 'home/客廳/temperature'])
      for (const size of [0, 4, 90, 99, 100, 101, 127, 128, 16_000, 16_383, 20_000])
        for (const qos of [0, 1, 2] as const) {
          const payload = Buffer.alloc(size, 'x')
          const packet = { cmd: 'publish' as const, topic, payload, qos, retain: false, dup: false, ...(qos > 0 && { messageId: 7 }) }
          assert.equal(bytesOnWire(packet), generate(packet).length, `${topic} ${size} ${qos}`)
        }
  })
})
