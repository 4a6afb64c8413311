import { deflateSync, inflateSync } from 'node:zlib'
import { DamagedBlock, Reader, Writer } from './block-bytes.ts'

export { DamagedBlock } from './block-bytes.ts'

/** Readings of one series in the order of their times, column by column. */
export interface Stretch {
  /** ms since the epoch, each later than the one before, all within 24 hours */
  readonly times: Float64Array
  readonly values: Float64Array
  /** `flag.late` and `flag.unsure` of each */
  readonly flags: Uint8Array
}

export const flag = { late: 1, unsure: 2 } as const

/** More readings than this are never in one block, so that one is packed or unpacked in some ms. */
export const mostReadings = 10_000

const version = 1
/** Values as they are; otherwise the number of their decimals. */
const asDoubles = 255
const mostDecimals = 6
/** Whole numbers up to here can be told apart, and so can the differences of two. */
const largest = 2 ** 50
/** Bytes: more than readings take that nothing can be saved of. */
const longest = mostReadings * 32

/**
 * Packs readings into a few hundred bytes to a few KB: a byte that names the version, then zlib (with its checksum) over
 * the number of readings, their times as differences of differences, their flags as runs, and their values: as whole
 * multiples of a step where that gives back exactly the same doubles, else as they are. docs/history.md has the format.
 * @throws RangeError for more than `mostReadings`, or none
 */
export function pack({ times, values, flags }: Stretch): Buffer {
  const count = times.length
  if (count === 0 || count > mostReadings) throw new RangeError(`${count} readings make no block`)
  const to = new Writer(count * 32 + 64)
  to.whole(count)
  writeTimes(to, times)
  writeFlags(to, flags)
  writeValues(to, values)
  return Buffer.concat([Buffer.of(version), deflateSync(to.taken(), { level: 9 })])
}

/**
 * The readings of a block.
 * @throws DamagedBlock for whatever is no block; never another error, however long or odd the bytes
 */
export function unpack(block: Uint8Array): Stretch {
  if (block[0] !== version) throw new DamagedBlock(`version ${block[0]} is not known`)
  const from = new Reader(inflated(block.subarray(1)))
  const count = from.whole()
  if (count === 0 || count > mostReadings) throw new DamagedBlock(`${count} readings`)
  const stretch = { times: readTimes(from, count), flags: readFlags(from, count), values: readValues(from, count) }
  from.end()
  return stretch
}

function inflated(bytes: Uint8Array): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: longest })
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
  // A probe that tells sixteenths of a degree apart has steps of 625 ten-thousandths.
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

/** With how many decimals all of these can be written and read back exactly; `asDoubles` where that takes too many. */
function decimalsOf(values: Float64Array): number {
  for (let decimals = 0; decimals <= mostDecimals; decimals += 1) {
    const scale = 10 ** decimals
    if (values.every((value) => isExact(value, scale))) return decimals
  }
  return asDoubles
}

function isExact(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale)
  // There is no whole number that -0 could be.
  return Math.abs(scaled) <= largest && scaled / scale === value && !Object.is(value, -0)
}

function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
