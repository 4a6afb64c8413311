import { floatText } from './float-text.ts'

/** The template is outside of the subset, or its result for this payload is. The message says why. */
export class NotUnderstood extends Error {
  override name = 'NotUnderstood'
}

/** An error that Home Assistant would report: the message changes nothing. */
export class TemplateError extends Error {
  override name = 'TemplateError'
}

/** Jinja's undefined. */
export const Missing: unique symbol = Symbol('undefined')

/** A value of Python: `bigint` is int, `number` is float, `Map` is dict. */
export type Value = typeof Missing | null | boolean | bigint | number | string | readonly Value[] | ReadonlyMap<string, Value>

const largestInt = BigInt(Number.MAX_SAFE_INTEGER)

/** The value of a JSON value whose members are values already. @param source the text of a number */
export function fromJson(value: unknown, source: string | undefined): Value {
  if (typeof value === 'number') {
    // `-0` is the integer 0 in Python.
    if (source !== undefined && /^-?\d+$/.test(source)) return BigInt(source)
    return value
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value as Value
  return new Map(Object.entries(value as Record<string, Value>))
}

/** @throws NotUnderstood beyond 2^53: JavaScript's arithmetic is no longer Python's */
export function intOf(value: bigint): bigint {
  if (value > largestInt || value < -largestInt) throw new NotUnderstood('a whole number beyond 2^53')
  return value
}

/** Python's `str()`. @throws NotUnderstood for lists and objects */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (value === Missing) return ''
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return floatText(value)
  throw new NotUnderstood('a list or an object as text')
}

/** Python's truth. */
export function isTrue(value: Value): boolean {
  if (value === Missing || value === null || value === false) return false
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0
  return value instanceof Map ? value.size > 0 : true
}

/** A number in arithmetic: True is 1. @throws TemplateError for any other value */
export function operand(value: Value): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  throw new TemplateError('arithmetic with something that is no number')
}

/** Python's `==`. @throws NotUnderstood for two lists or two objects */
export function isEqual(a: Value, b: Value): boolean {
  if (a === b) return true
  if (isContainer(a) && isContainer(b)) throw new NotUnderstood('a comparison of lists or objects')
  if (!isNumeric(a) || !isNumeric(b)) return false
  // biome-ignore lint/suspicious/noDoubleEquals: an int equals a float of the same value
  return operand(a) == operand(b)
}

const isContainer = (value: Value) => Array.isArray(value) || value instanceof Map
export const isNumeric = (value: Value) => ['bigint', 'number', 'boolean'].includes(typeof value)

/** White space of Python. */
const space = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** Python's `strip()`. A pattern for both ends would take the square of the length. */
export function trimmed(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && space.test(text[start] as string)) start += 1
  while (start < end && space.test(text[end - 1] as string)) end -= 1
  return text.slice(start, end)
}
