import { PayloadError, readJson } from './payloads.ts'
import { quantityOf } from './quantities.ts'

/** A number, and its own time (ms since the epoch, UTC) where the sender gave one. */
export interface Sample {
  value: number
  time: number | null
}

/** No reading here is older than this house's software. ms */
const earliest = Date.UTC(2024, 0, 1)
const day = 86_400_000

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i
const openingBrace = 0x7b

/**
 * Reads `25.5`, or `{"value":25.5,"time":1790000000000}` (`time` may be missing, the value may stand under the
 * quantity's own name).
 * @param now ms since the epoch; a time before 2024 or more than a day ahead of it is refused
 * @throws PayloadError for what is not a finite number within the quantity's range.
 */
export function readReading(payload: Buffer, quantity: string, now: number): Sample {
  if (payload.length === 0) throw new PayloadError('empty', 'no payload')
  if (payload[0] === openingBrace) return readObject(payload, quantity, now)
  const text = payload.length <= 64 ? payload.toString('latin1') : ''
  if (!decimal.test(text)) throw new PayloadError('not-a-number', 'not a decimal number')
  return { value: inRange(Number(text), quantity), time: null }
}

/** A number as it goes on the wire: at most 3 decimals, no exponent. */
export function writeReading(value: number): string {
  return String(Math.round(value * 1000) / 1000)
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
  return { value: inRange(value, quantity), time }
}

function inRange(value: number, quantity: string): number {
  if (!Number.isFinite(value)) throw new PayloadError('not-finite', 'too large for a number')
  const { min, max, unit } = quantityOf(quantity)
  if (value < min || value > max) throw new PayloadError('out-of-range', `${value} is not between ${min} and ${max} ${unit}`)
  return value
}
