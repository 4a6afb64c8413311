import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { packetSizeCheck } from '../packet-size.ts'

/** A packet with this many bytes after its header. */
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
  const cuts = [0, ...at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end))
}

describe('packetSizeCheck', () => {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 16_000, max: 17_000 })), { maxLength: 12 })
  const cuts = fc.array(fc.nat(), { maxLength: 20 })

  it('packets up to the limit pass, in chunks of any size', () => {
    fc.assert(
      fc.property(lengths, cuts, (lengths, cuts) => {
        const check = packetSizeCheck(17_010)
        for (const chunk of cut(Buffer.concat(lengths.map(packet)), cuts)) assert.equal(check(chunk), true)
      }),
    )
  })

  it('a packet above the limit fails as soon as its header is complete, in chunks of any size', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 17_010, max: 268_435_455 }), cuts, (lengths, tooLong, cuts) => {
        const check = packetSizeCheck(17_010)
        const header = packet(Math.min(tooLong, 0x1f_ffff)).subarray(0, 4)
        const bytes = Buffer.concat([...lengths.map(packet), header])
        assert.equal(
          cut(bytes, cuts).every((chunk) => check(chunk)),
          false,
        )
      }),
    )
  })

  it('the header counts towards the size', () => {
    assert.equal(packetSizeCheck(130)(packet(127)), true)
    assert.equal(packetSizeCheck(130)(packet(128)), false)
  })

  it('a length of more than four bytes fails', () => {
    assert.equal(packetSizeCheck(1000)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x00])), true)
    assert.equal(packetSizeCheck(1000)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x00])), false)
  })
})
