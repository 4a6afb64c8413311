import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { watchFrames } from '../frames.ts'

/** A packet with so many bytes behind its header. */
function packet(length: number): Buffer {
  const header = [0x30]
  let rest = length
  do {
    header.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)])
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end))
}

describe('The size of packets', () => {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 16_000, max: 17_000 })), { maxLength: 12 })
  const places = fc.array(fc.nat(), { maxLength: 20 })

  it('is fine up to the limit, however the bytes arrive', () => {
    fc.assert(
      fc.property(lengths, places, (lengths, places) => {
        const watch = watchFrames(17_010)
        for (const chunk of cut(Buffer.concat(lengths.map(packet)), places)) assert.equal(watch(chunk), true)
      }),
    )
  })

  it('is noticed above the limit as soon as the header is there, however the bytes arrive', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 17_010, max: 268_435_455 }), places, (lengths, tooLong, places) => {
        const watch = watchFrames(17_010)
        const header = packet(Math.min(tooLong, 0x1f_ffff)).subarray(0, 4)
        const bytes = Buffer.concat([...lengths.map(packet), header])
        assert.equal(
          cut(bytes, places).every((chunk) => watch(chunk)),
          false,
        )
      }),
    )
  })

  it('counts the header, too', () => {
    assert.equal(watchFrames(130)(packet(127)), true)
    assert.equal(watchFrames(130)(packet(128)), false)
  })

  it('ends at four bytes of length', () => {
    assert.equal(watchFrames(1000)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x00])), true)
    assert.equal(watchFrames(1000)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x00])), false)
  })
})
