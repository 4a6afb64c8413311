import { day } from './durations.ts'
import { checkSize, PayloadError } from './fault.ts'
import { readJson } from './json.ts'
import { quantityOf } from './quantities.ts'

/** A value, and its time (ms since 1970, UTC) if the sender gave one. */
export interface Sample {
  value: number
  time: number | null
}

/** Earliest valid time, ms. This software did not exist before. */
const earliest = Date.UTC(2024, 0, 1)

/** Numbers from this size on are not rounded: they have no thousandths. */
const coarse = 1e12

// White space as in JSON: \s would also match a byte of broken UTF-8.
const decimal = /^[ \t\r\n]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[ \t\r\n]*$/i
const object = /^[ \t\r\n]*\{/

/** Maximum length of a decimal number in bytes: more than any program writes. */
const longestNumber = 64

/**
 * Reads `25.5`, or `{"value":25.5,"time":1790000000000}` (`time` may be missing, the value may stand under the
 * quantity's own name).
 * @param now ms since 1970; a time before 2024 or more than a day ahead of it is refused
 * @throws PayloadError unless the value is a finite number within the quantity's range
 */
export function readReading(payload: Buffer, quantity: string, now: number): Sample {
  checkSize(payload)
  const text = payload.toString('latin1', 0, longestNumber)
  if (payload.length <= longestNumber && decimal.test(text)) return { value: checkValue(Number(text), quantity), time: null }
  if (object.test(text)) return readObject(payload, quantity, now)
  throw new PayloadError('not-a-number', 'not a decimal number')
}

/**
 * Formats a value as a payload: rounded to 3 decimals, with an exponent only from 10²¹ on.
 * @throws RangeError for a number that is not finite
 */
export function writeReading(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a reading: ${value}`)
  return String(Math.abs(value) < coarse ? Math.round(value * 1000) / 1000 : value)
}

/**
 * Checks a time: a whole number of ms, not before 2024, at most a day ahead of `now`.
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
 * Checks a value.
 * @throws PayloadError for a value that is not finite or out of the quantity's range
 */
export function checkValue(value: number, quantity: string): number {
  if (!Number.isFinite(value)) throw new PayloadError('not-finite', 'too large for a number')
  const { min, max, unit } = quantityOf(quantity)
  if (value < min || value > max) throw new PayloadError('out-of-range', `${value} is not between ${min} and ${max} ${unit}`.trimEnd())
  return value === 0 ? 0 : value // turns -0 into 0, so that it is shown without a sign
}
