import { day } from './durations.ts'
import { checkSize, PayloadError } from './fault.ts'
import { readJson } from './json.ts'
import { quantityOf } from './quantities.ts'

/** A number, and its own time (ms since the epoch, UTC) where the sender gave one. */
export interface Sample {
  value: number
  time: number | null
}

/** No reading here is older than this house's software. ms */
const earliest = Date.UTC(2024, 0, 1)

/** From here on, in either direction, a number has no thousandths left that could be rounded. */
const coarse = 1e12

// What JSON calls white space. Not \s, which for a byte of broken UTF-8 would take it for a space.
const decimal = /^[ \t\r\n]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[ \t\r\n]*$/i
const object = /^[ \t\r\n]*\{/

/** Longer than any number that a program writes by itself, and short enough to try. Bytes */
const longestNumber = 64

/**
 * Reads `25.5`, or `{"value":25.5,"time":1790000000000}` (`time` may be missing, the value may stand under the
 * quantity's own name).
 * @param now ms since the epoch; a time before 2024 or more than a day ahead of it is refused
 * @throws PayloadError for what is not a finite number within the quantity's range.
 */
export function readReading(payload: Buffer, quantity: string, now: number): Sample {
  checkSize(payload)
  const text = payload.toString('latin1', 0, longestNumber)
  if (payload.length <= longestNumber && decimal.test(text)) return { value: checkValue(Number(text), quantity), time: null }
  if (object.test(text)) return readObject(payload, quantity, now)
  throw new PayloadError('not-a-number', 'not a decimal number')
}

/**
 * A number as it goes on the wire: rounded to 3 decimals, and an exponent only from 10²¹ on.
 * @throws RangeError for what is not finite, which no reader would take.
 */
export function writeReading(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a reading: ${value}`)
  return String(Math.abs(value) < coarse ? Math.round(value * 1000) / 1000 : value)
}

/**
 * A time that can be believed: a whole number of ms, not before 2024, at most a day ahead of `now`.
 * @throws PayloadError
 */
export function checkTime(time: unknown, now: number): number {
  if (!Number.isSafeInteger(time) || (time as number) < earliest || (time as number) > now + day) {
    throw new PayloadError('bad-time', 'not a time between 2024 and tomorrow, in whole ms')
  }
  return time as number
}

function readObject(payload: Buffer, quantity: string, now: number): Sample {
  const object = readJson(payload)
  const key = Object.hasOwn(object, 'value') ? 'value' : quantity
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  if (typeof value !== 'number') throw new PayloadError('not-a-number', `no number under value or ${quantity}`)
  const time = Object.hasOwn(object, 'time') && object.time !== null ? checkTime(object.time, now) : null
  return { value: checkValue(value, quantity), time }
}

/**
 * A value that can be stored.
 * @throws PayloadError for what is not finite or out of the quantity's range
 */
export function checkValue(value: number, quantity: string): number {
  if (!Number.isFinite(value)) throw new PayloadError('not-finite', 'too large for a number')
  const { min, max, unit } = quantityOf(quantity)
  if (value < min || value > max) throw new PayloadError('out-of-range', `${value} is not between ${min} and ${max} ${unit}`.trimEnd())
  return value === 0 ? 0 : value // -0, which would be shown with its sign
}
