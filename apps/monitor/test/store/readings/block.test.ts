import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32, deflateRawSync, deflateSync, inflateRawSync } from 'node:zlib'
import { day, second } from '@hearthwatch/protocol/durations'
import fc from 'fast-check'
import { type ColumnBlock, DamagedBlock, mostReadings, pack, unpack } from '../../../store/readings/block.ts'

const begin = Date.UTC(2026, 10, 22)

const columnBlockOf = (
  times: readonly number[],
  values: readonly number[],
  flags: readonly number[] = times.map(() => 0),
): ColumnBlock => ({
  times: Float64Array.from(times),
  values: Float64Array.from(values),
  flags: Uint8Array.from(flags),
})

/** Random readings: at regular or random times; with a resolution of a tenth, a sixteenth, or of a double. */
const value = fc.oneof(
  fc.integer({ min: -400, max: 1200 }).map((n) => n / 10),
  fc.integer({ min: -400, max: 1200 }).map((n) => n / 16),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, Number.MIN_VALUE, -Number.MAX_VALUE, 0.1 + 0.2, 2 ** 53, 1e21),
)
const columnBlock = fc
  .uniqueArray(fc.integer({ min: 0, max: day - 1 }), { minLength: 1, maxLength: 200 })
  .chain((times) =>
    fc.record({
      times: fc.constant(times.sort((a, b) => a - b).map((time) => begin + time)),
      values: fc.array(value, { minLength: times.length, maxLength: times.length }),
      flags: fc.array(fc.nat(3), { minLength: times.length, maxLength: times.length }),
    }),
  )
  .map(({ times, values, flags }) => columnBlockOf(times, values, flags))

/** A block with this content. */
function withChecksum(content: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head[0] = 2
  head.writeUInt32BE(crc32(content), 1)
  return Buffer.concat([head, deflateRawSync(content)])
}

/** A day of readings every 10 s, with rising and falling values. */
function aDay(step: number, jitter: number): ColumnBlock {
  let state = 1
  let value = 20
  const draw = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const times = Array.from({ length: 8640 }, (_, i) => begin + i * 10 * second + Math.floor(draw() * jitter))
  const values = times.map(() => {
    value = Math.min(26, Math.max(14, value + (draw() - 0.5) * 0.4))
    return Number((Math.round(value / step) * step).toFixed(4))
  })
  return columnBlockOf(times, values)
}

describe('An archive block', () => {
  it('restores exactly the readings that were packed: every double, time and flag', () => {
    fc.assert(
      fc.property(columnBlock, (given) => {
        const found = unpack(pack(given))
        assert.deepEqual(found.times, given.times)
        assert.deepEqual(found.flags, given.flags)
        assert.deepEqual(new BigInt64Array(found.values.buffer), new BigInt64Array(given.values.buffer))
      }),
      { numRuns: 500 },
    )
  })

  for (const [what, given, most] of [
    ['on the grid, to a tenth of a degree', aDay(0.1, 0), 0.5],
    ['on the grid, to a sixteenth', aDay(0.0625, 0), 0.6],
    ['as they come, to a tenth', aDay(0.1, 40), 2],
  ] as const) {
    it(`of a day of readings every 10 s ${what} has at most ${most} bytes a reading`, (t) => {
      const each = pack(given).length / given.times.length
      t.diagnostic(`${each.toFixed(2)} bytes`)
      assert.ok(each <= most, `${each}`)
    })
  }

  it('has 1 to 10,000 readings', () => {
    const many = Array.from({ length: mostReadings + 1 }, (_, i) => begin + i)
    assert.throws(() => pack(columnBlockOf(many, many)), RangeError)
    assert.throws(() => pack(columnBlockOf([], [])), RangeError)
    assert.equal(unpack(pack(columnBlockOf(many.slice(1), many.slice(1)))).times.length, mostReadings)
  })

  it('that is truncated, extended, changed or random is reported as damaged, never as another error', () => {
    const given = aDay(0.1, 40)
    const good = pack(given)
    const isDamaged = (bytes: Uint8Array) => {
      try {
        unpack(bytes)
        return false
      } catch (error) {
        assert.ok(error instanceof DamagedBlock, String(error))
        return true
      }
    }
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(good)
        bad[at] = (bad[at] ?? 0) ^ change
        // The last byte of deflated data has unused bits.
        assert.ok(isDamaged(bad) || unpack(bad).values.join() === given.values.join())
        assert.ok(isDamaged(good.subarray(0, at)))
      }),
      { numRuns: 100 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.ok(isDamaged(bytes))))
    // With a correct checksum, any content is either readings or damaged.
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, count) => {
        isDamaged(withChecksum(Buffer.concat([Buffer.of(count), bytes])))
      }),
      { numRuns: 1000 },
    )
  })

  it('of an earlier version, with the checksum of zlib, is still read', () => {
    const given = aDay(0.1, 40)
    const earlier = Buffer.concat([Buffer.of(1), deflateSync(inflateRawSync(pack(given).subarray(5)))])
    assert.deepEqual(unpack(earlier), given)
  })

  it('is damaged by any change of a byte near its end, which the checksum of zlib missed', () => {
    const good = pack(aDay(0.1, 40))
    for (let at = good.length - 100; at < good.length; at += 1) {
      for (let bit = 1; bit < 256; bit *= 2) {
        const bad = Buffer.from(good)
        bad[at] = (bad[at] ?? 0) ^ bit
        try {
          assert.deepEqual(unpack(bad), unpack(good), `byte ${at}, bit ${bit}`)
        } catch (error) {
          assert.ok(error instanceof DamagedBlock, String(error))
        }
      }
    }
  })

  it('that would unpack to gigabytes is damaged', () => {
    assert.throws(() => unpack(withChecksum(Buffer.alloc(100_000_000))), DamagedBlock)
  })

  it('of an unknown version is damaged', () => {
    const block = pack(columnBlockOf([begin], [1]))
    block[0] = 3
    assert.throws(() => unpack(block), /version 3/)
  })
})
