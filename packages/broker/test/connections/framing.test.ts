import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { bodyStart, openFraming, PacketTooLarge } from '../../connections/framing.ts'
import { packet } from '../packets.ts'

const packetOf = (length: number) => packet(0x30, Buffer.alloc(length, 0xff))

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const cuts = [0, ...at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end))
}

/** The packets of these chunks. @throws PacketTooLarge */
function packetsOf(chunks: readonly Buffer[], maxBytes: number): Buffer[] {
  const framing = openFraming()
  return chunks.flatMap((chunk) => {
    framing.append(chunk)
    const packets: Buffer[] = []
    for (let next = framing.next(maxBytes); next !== undefined; next = framing.next(maxBytes)) packets.push(next)
    return packets
  })
}

describe('openFraming', () => {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 16_000, max: 17_000 })), { maxLength: 12 })
  const cuts = fc.array(fc.nat(), { maxLength: 20 })

  it('packets up to the limit come out whole and in order, from chunks of any size', () => {
    fc.assert(
      fc.property(lengths, cuts, (lengths, cuts) => {
        const packets = lengths.map(packetOf)
        assert.deepEqual(packetsOf(cut(Buffer.concat(packets), cuts), 17_010), packets)
      }),
    )
  })

  it('a packet above the limit is refused as soon as its header is complete, in chunks of any size', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 17_010, max: 0x1f_ffff }), cuts, (lengths, tooLong, cuts) => {
        const header = Buffer.from([0x30, (tooLong & 0x7f) | 0x80, ((tooLong >> 7) & 0x7f) | 0x80, tooLong >> 14])
        const chunks = cut(Buffer.concat([...lengths.map(packetOf), header]), cuts)
        assert.throws(() => packetsOf(chunks, 17_010), PacketTooLarge)
      }),
    )
  })

  it('packets that are not taken at once are kept in order', () => {
    const framing = openFraming()
    for (const part of cut(Buffer.concat([1, 2, 3, 200, 5].map(packetOf)), [1, 2, 5, 9, 40])) framing.append(part)
    assert.deepEqual(
      Array.from({ length: 6 }, () => framing.next(1000)?.length),
      [3, 4, 5, 203, 7, undefined],
    )
  })

  it('the header counts towards the size', () => {
    assert.equal(packetsOf([packetOf(127)], 129).length, 1)
    assert.equal(packetsOf([packetOf(128)], 131).length, 1)
    assert.throws(() => packetsOf([packetOf(128)], 130), PacketTooLarge)
  })

  it('a length of more than four bytes is refused', () => {
    assert.equal(packetsOf([Buffer.from([0x30, 0x80, 0x80, 0x80, 0x00])], 1000).length, 1)
    assert.throws(() => packetsOf([Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x00])], 1000), PacketTooLarge)
  })

  it('the body starts behind the length', () => {
    for (const length of [0, 127, 128, 16_384]) assert.equal(bodyStart(packetOf(length)), packetOf(length).length - length)
  })
})
