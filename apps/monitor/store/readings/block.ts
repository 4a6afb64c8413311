import { crc32, deflateRawSync, inflateRawSync, inflateSync } from 'node:zlib'
import { DamagedBlock, Reader, Writer } from './block-bytes.ts'

export { DamagedBlock } from './block-bytes.ts'

/** Readings of one series in the order of their times, as columns. */
export interface ColumnBlock {
  /** ms since the epoch, each later than the one before, all within 24 hours */
  readonly times: Float64Array
  readonly values: Float64Array
  /** `flag.late` and `flag.unsure` of each reading */
  readonly flags: Uint8Array
}

export const flag = { late: 1, unsure: 2 } as const

/** Most readings of one block, so that it is packed or unpacked in some ms. */
export const mostReadings = 10_000

/** Blocks of version 1 are zlib data, whose checksum misses some changes near their end. They are still read. */
const [zlib, version] = [1, 2]
/** The version, and the CRC-32 of the unpacked content. bytes */
const head = 5
/** In place of the number of decimals: the values are stored as doubles. */
const asDoubles = 255
const mostDecimals = 6
/** Whole numbers up to here, and the differences of two, are exact as doubles. */
const largest = 2 ** 50
/** Upper bound of an unpacked block. bytes */
const longest = mostReadings * 32

/**
 * Packs readings into a few hundred bytes to a few KB: a version byte, a CRC-32 and deflated data. These are the number of
 * readings, their times, flags and values. Times are second differences, flags are runs. Values are whole multiples of a step if that
 * restores exactly the same doubles, else doubles. docs/history.md has the format.
 * @throws RangeError for more than `mostReadings`, or none
 */
export function pack({ times, values, flags }: ColumnBlock): Buffer {
  const count = times.length
  if (count === 0 || count > mostReadings) throw new RangeError(`${count} readings do not fit a block`)
  const to = new Writer(count * 32 + 64)
  to.whole(count)
  writeTimes(to, times)
  writeFlags(to, flags)
  writeValues(to, values)
  const content = to.taken()
  const start = Buffer.alloc(head)
  start[0] = version
  start.writeUInt32BE(crc32(content), 1)
  return Buffer.concat([start, deflateRawSync(content, { level: 9 })])
}

/**
 * Unpacks the readings of a block.
 * @throws DamagedBlock for any other bytes; never another error
 */
export function unpack(block: Uint8Array): ColumnBlock {
  const from = new Reader(contentOf(block))
  const count = from.whole()
  if (count === 0 || count > mostReadings) throw new DamagedBlock(`${count} readings`)
  const columnBlock = { times: readTimes(from, count), flags: readFlags(from, count), values: readValues(from, count) }
  from.end()
  return columnBlock
}

function contentOf(block: Uint8Array): Buffer {
  if (block[0] === zlib) return inflated(() => inflateSync(block.subarray(1), { maxOutputLength: longest }))
  if (block[0] !== version) throw new DamagedBlock(`version ${block[0]} is not known`)
  if (block.length < head) throw new DamagedBlock('it ends in its head')
  const content = inflated(() => inflateRawSync(block.subarray(head), { maxOutputLength: longest }))
  const sum = new DataView(block.buffer, block.byteOffset).getUint32(1)
  if (crc32(content) !== sum) throw new DamagedBlock('its checksum is wrong')
  return content
}

function inflated(inflate: () => Buffer): Buffer {
  try {
    return inflate()
  } catch (error) {
    throw new DamagedBlock((error as Error).message)
  }
}

function writeTimes(to: Writer, times: Float64Array): void {
  let before = times[0] ?? 0
  let step = 0
  to.whole(before)
  for (let i = 1; i < times.length; i += 1) {
    const time = times[i] ?? 0
    to.signed(time - before - step)
    step = time - before
    before = time
  }
}

function readTimes(from: Reader, count: number): Float64Array {
  const times = new Float64Array(count)
  let time = from.whole()
  let step = 0
  times[0] = time
  for (let i = 1; i < count; i += 1) {
    step += from.signed()
    time += step
    if (step <= 0 || !Number.isSafeInteger(time)) throw new DamagedBlock('times that do not rise')
    times[i] = time
  }
  return times
}

function writeFlags(to: Writer, flags: Uint8Array): void {
  for (let start = 0; start < flags.length; ) {
    let end = start + 1
    while (end < flags.length && flags[end] === flags[start]) end += 1
    to.whole(flags[start] ?? 0)
    to.whole(end - start)
    start = end
  }
}

function readFlags(from: Reader, count: number): Uint8Array {
  const flags = new Uint8Array(count)
  for (let start = 0; start < count; ) {
    const value = from.whole()
    const length = from.whole()
    if (value > 3 || length === 0 || length > count - start) throw new DamagedBlock('flags of other readings')
    flags.fill(value, start, start + length)
    start += length
  }
  return flags
}

function writeValues(to: Writer, values: Float64Array): void {
  const decimals = decimalsOf(values)
  to.whole(decimals)
  if (decimals === asDoubles) return to.doubles(values)
  const scale = 10 ** decimals
  const scaled = values.map((value) => Math.round(value * scale))
  // A probe with a resolution of 1/16 °C has steps of 0.0625, which are 625 at four decimals.
  let step = 0
  for (let i = 1; i < scaled.length; i += 1) step = divisor(step, Math.abs((scaled[i] ?? 0) - (scaled[i - 1] ?? 0)))
  to.whole(step)
  to.signed(scaled[0] ?? 0)
  for (let i = 1; i < scaled.length; i += 1) to.signed(step === 0 ? 0 : ((scaled[i] ?? 0) - (scaled[i - 1] ?? 0)) / step)
}

function readValues(from: Reader, count: number): Float64Array {
  const decimals = from.whole()
  if (decimals === asDoubles) return from.doubles(count)
  if (decimals > mostDecimals) throw new DamagedBlock(`${decimals} decimals`)
  const scale = 10 ** decimals
  const step = from.whole()
  const values = new Float64Array(count)
  let scaled = from.signed()
  values[0] = scaled / scale
  for (let i = 1; i < count; i += 1) {
    scaled += from.signed() * step
    values[i] = scaled / scale
  }
  if (Math.abs(scaled) > Number.MAX_SAFE_INTEGER) throw new DamagedBlock('values out of range')
  return values
}

/** Least number of decimals that restores all values exactly; `asDoubles` if it is too large. */
function decimalsOf(values: Float64Array): number {
  for (let decimals = 0; decimals <= mostDecimals; decimals += 1) {
    const scale = 10 ** decimals
    if (values.every((value) => isExact(value, scale))) return decimals
  }
  return asDoubles
}

function isExact(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale)
  // -0 has no whole number.
  return Math.abs(scaled) <= largest && scaled / scale === value && !Object.is(value, -0)
}

function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
