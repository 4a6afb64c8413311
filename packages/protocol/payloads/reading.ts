import { day } from '../durations.ts'
import { checkSize, PayloadError } from '../fault.ts'
import { quantityOf } from '../values/quantities.ts'
import { inOwnUnit } from '../values/units.ts'
import { longestNumber, numberOf, readJson, withoutMarks } from './json.ts'

/** A value in the quantity's own unit, and its time (ms since 1970, UTC) if the sender gave one. */
export interface Sample {
  value: number
  time: number | null
  /** The message states its unit; the device's info does not count. */
  stated?: true
  /** The number as published, if the unit of the device's info has changed it. */
  bare?: number
}

/** Earliest valid time, ms. This software did not exist before. */
const earliest = Date.UTC(2024, 0, 1)

/** Numbers from this size on are not rounded: they have no thousandths. */
const coarse = 1e12

const object = /^[ \t\r\n]*\{/
const quoted = /^[ \t\r\n]*"([^"\\]*)"[ \t\r\n]*$/
const withComma = /^\s*[+-]?\d+,\d+\s*$/

/**
 * Reads `25.5`, or `{"value":25.5,"time":1790000000000}` (`time` may be missing, the value may stand under the
 * quantity's own name, and `unit` may state its unit). A number may be a JSON text, `"25.5"`.
 * @param now ms since 1970; a time before 2024 or more than a day ahead of it is refused
 * @param unit that the info of the topic's device states; it counts unless the message states one
 * @throws PayloadError unless the value is a finite number within the quantity's range
 */
export function readReading(given: Buffer, quantity: string, now: number, unit?: string): Sample {
  checkSize(given)
  const payload = withoutMarks(given)
  const text = payload.toString('latin1', 0, longestNumber + 2)
  if (object.test(text)) return readObject(payload, quantity, now, unit)
  const number = numberOf(payload.length <= longestNumber + 2 ? (quoted.exec(text)?.[1] ?? text) : undefined)
  if (number !== undefined) return inUnit(number, null, quantity, unit)
  throw new PayloadError('not-a-number', withComma.test(text) ? 'a comma; write the decimal point' : 'not a decimal number')
}

/**
 * Converts a number without a stated unit again, after the device's info has arrived or changed.
 * @throws PayloadError
 */
export function readAgain({ value, stated, bare = value }: Sample, quantity: string, unit: string | undefined): number {
  return stated || (unit === undefined && bare === value) ? value : checkValue(inOwnUnit(bare, unit, quantity), quantity)
}

function inUnit(number: number, time: number | null, quantity: string, unit: string | undefined): Sample {
  const value = checkValue(inOwnUnit(number, unit, quantity), quantity)
  return unit === undefined || value === number ? { value, time } : { value, time, bare: number }
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

function readObject(payload: Buffer, quantity: string, now: number, unitOfInfo: string | undefined): Sample {
  const object = readJson(payload)
  const field = (name: string) => (Object.hasOwn(object, name) && object[name] !== null ? object[name] : undefined)
  const number = numberOf(field('value')) ?? numberOf(field(quantity))
  if (number === undefined) throw new PayloadError('not-a-number', `no number under value or ${quantity}`)
  const at = field('time')
  const time = at === undefined ? null : checkTime(at, now)
  const unit = field('unit')
  if (unit === undefined || unit === '') return inUnit(number, time, quantity, unitOfInfo)
  if (typeof unit !== 'string') throw new PayloadError('bad-unit', 'the unit is not a text')
  return { value: checkValue(inOwnUnit(number, unit, quantity), quantity), time, stated: true }
}

/**
 * Checks a value of a record: a number, also as text, in the unit that the device's info states for it.
 * @throws PayloadError
 */
export function checkNumber(value: unknown, quantity: string, unit: string | undefined): number {
  const number = numberOf(value)
  if (number === undefined) throw new PayloadError('not-a-number', 'no number')
  return checkValue(inOwnUnit(number, unit, quantity), quantity)
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
