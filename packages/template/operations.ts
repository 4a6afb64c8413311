import { rounded, toFloat, toInt } from './numbers.ts'
import { intOf, isEqual, isNumeric, isTrue, Missing, NotUnderstood, operand, TemplateError, textOf, trimmed, type Value } from './values.ts'

/** A filter or function. An argument that is left out is undefined. */
export interface Operation {
  least: number
  most: number
  /** Position of the argument that may be named `default`. */
  named?: number
  run(args: readonly (Value | undefined)[]): Value
}

/** Names that Python's types have of their own: there, a name of the payload is not reached by a dot. */
const methods = {
  dict: new Set('clear copy fromkeys get items keys pop popitem setdefault update values'.split(' ')),
  list: new Set('append clear copy count extend index insert pop remove reverse sort'.split(' ')),
  str: new Set(
    'capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill'.split(
      ' ',
    ),
  ),
  number: new Set(
    'as_integer_ratio bit_count bit_length conjugate denominator from_bytes fromhex hex imag is_integer numerator real to_bytes from_number'.split(
      ' ',
    ),
  ),
  none: new Set<string>(),
}

function typeOf(value: Value): keyof typeof methods {
  if (value instanceof Map) return 'dict'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'str'
  return isNumeric(value) ? 'number' : 'none'
}

/** `object.name`. */
export function member(name: string): (object: Value) => Value {
  if (name.startsWith('__')) throw new NotUnderstood(`the name ${name}`)
  return (object) => {
    if (object === Missing) throw new TemplateError(`${name} of undefined`)
    if (methods[typeOf(object)].has(name)) throw new NotUnderstood(`the method ${name}`)
    return object instanceof Map ? (object.get(name) ?? (object.has(name) ? null : Missing)) : Missing
  }
}

/** `object[key]`. */
export function item(object: Value, key: Value): Value {
  if (object === Missing) throw new TemplateError('a member of undefined')
  if (typeof key === 'boolean' || Array.isArray(key) || key instanceof Map) throw new NotUnderstood('a key that is no text and no number')
  if (object instanceof Map) {
    if (typeof key === 'string' && object.has(key)) return object.get(key) as Value
  } else if (typeof key === 'bigint' && (Array.isArray(object) || typeof object === 'string')) {
    // Characters of Python are code points.
    const list: readonly Value[] = typeof object === 'string' ? Array.from(object) : object
    const found = list.at(Number(key))
    return found === undefined ? Missing : found
  }
  if (typeof key === 'string' && (methods[typeOf(object)].has(key) || key.startsWith('__'))) throw new NotUnderstood(`the method ${key}`)
  return Missing
}

/** `object.get(key, default)`. */
export function get([object, key, fallback = null]: readonly (Value | undefined)[]): Value {
  if (!(object instanceof Map)) throw new TemplateError('get of something that is no object')
  if (Array.isArray(key) || key instanceof Map) throw new TemplateError('a key that is no text')
  return typeof key === 'string' && object.has(key) ? object.get(key) : fallback
}

/** One comparison of a chain. */
export function compare(operator: string, a: Value, b: Value): boolean {
  switch (operator) {
    case '==':
      return isEqual(a, b)
    case '!=':
      return !isEqual(a, b)
    case 'in':
      return isIn(a, b)
    case 'not in':
      return !isIn(a, b)
    default:
      return isOrdered(operator, a, b)
  }
}

function isOrdered(operator: string, a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) throw new NotUnderstood('a comparison of lists')
  const areTexts = typeof a === 'string' && typeof b === 'string'
  if (!areTexts && !(isNumeric(a) && isNumeric(b))) throw new TemplateError('a comparison of different types')
  if (areTexts && /[\ud800-\udfff]/.test(a + b)) throw new NotUnderstood('an order of rare characters')
  const [x, y] = areTexts ? [a, b] : [operand(a), operand(b)]
  if (operator === '<') return x < y
  if (operator === '<=') return x <= y
  return operator === '>' ? x > y : x >= y
}

function isIn(a: Value, b: Value): boolean {
  if (typeof b === 'string') {
    if (typeof a !== 'string') throw new TemplateError('in needs a text')
    return b.includes(a)
  }
  if (Array.isArray(b)) return b.some((one) => isEqual(a, one))
  if (b instanceof Map) {
    if (Array.isArray(a) || a instanceof Map) throw new TemplateError('no key')
    return typeof a === 'string' && b.has(a)
  }
  if (b === Missing) return false
  throw new TemplateError('in needs a text, a list or an object')
}

const orElse = (value: Value | null, fallback: Value | undefined, what: string): Value => {
  if (value !== null) return value
  if (fallback === undefined) throw new TemplateError(`${what} of what is no number`)
  return fallback
}

const toNumber = {
  float: { least: 1, most: 2, named: 1, run: ([value, fallback]) => orElse(toFloat(value as Value), fallback, 'float') },
  int: { least: 1, most: 2, named: 1, run: ([value, fallback]) => orElse(toInt(value as Value), fallback, 'int') },
  is_number: {
    least: 1,
    most: 1,
    run([value]) {
      const number = toFloat(value as Value)
      return number !== null && Number.isFinite(number)
    },
  },
} satisfies Record<string, Operation>

/** Functions by name. */
export const functions: Readonly<Record<string, Operation>> = toNumber

/** Filters by name; the filtered value is the first argument. */
export const filters: Readonly<Record<string, Operation>> = {
  ...toNumber,
  round: { least: 1, most: 2, named: 3, run: ([value, digits, , fallback]) => round(value as Value, digits ?? 0n, fallback) },
  default: { least: 1, most: 3, run: ([value, fallback, all]) => otherwise(value as Value, fallback, all) },
  d: { least: 1, most: 3, run: ([value, fallback, all]) => otherwise(value as Value, fallback, all) },
  is_defined: {
    least: 1,
    most: 1,
    run([value]) {
      if (value === Missing) throw new TemplateError('not defined')
      return value as Value
    },
  },
  abs: {
    least: 1,
    most: 1,
    run([value]) {
      const number = operand(value as Value)
      if (typeof number === 'bigint') return number < 0n ? -number : number
      return Math.abs(number)
    },
  },
  lower: { least: 1, most: 1, run: ([value]) => textOf(value as Value).toLowerCase() },
  upper: { least: 1, most: 1, run: ([value]) => textOf(value as Value).toUpperCase() },
  trim: { least: 1, most: 1, run: ([value]) => trimmed(textOf(value as Value)) },
  string: { least: 1, most: 1, run: ([value]) => textOf(value as Value) },
  length: { least: 1, most: 1, run: ([value]) => lengthOf(value as Value) },
  count: { least: 1, most: 1, run: ([value]) => lengthOf(value as Value) },
  multiply: { least: 2, most: 3, named: 2, run: ([value, amount, fallback]) => multiply(value as Value, amount as Value, fallback) },
}

/** Tests by name. */
export const tests: Readonly<Record<string, (value: Value) => boolean>> = {
  defined: (value) => value !== Missing,
  undefined: (value) => value === Missing,
  none: (value) => value === null,
  number: isNumeric,
  string: (value) => typeof value === 'string',
  true: (value) => value === true,
  false: (value) => value === false,
}

function round(value: Value, digits: Value, fallback: Value | undefined): Value {
  if (typeof digits !== 'bigint' || digits < 0n || digits > 15n) throw new NotUnderstood('round to other than 0 to 15 digits')
  const number = toFloat(value)
  if (number === null) return orElse(null, fallback, 'round')
  const result = rounded(number, Number(digits))
  if (digits > 0n) return result
  if (!Number.isFinite(result))
    throw Number.isNaN(result) && fallback !== undefined ? new NotUnderstood('nan') : new TemplateError('infinite')
  return intOf(BigInt(result))
}

function otherwise(value: Value, fallback: Value = '', all: Value = false): Value {
  return value === Missing || (isTrue(all) && !isTrue(value)) ? fallback : value
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Array.from(value).length)
  if (Array.isArray(value)) return BigInt(value.length)
  if (value instanceof Map) return BigInt(value.size)
  if (value === Missing) return 0n
  throw new TemplateError('no length')
}

function multiply(value: Value, amount: Value, fallback: Value | undefined): Value {
  const number = toFloat(value)
  if (number === null) return orElse(null, fallback, 'multiply')
  return number * Number(operand(amount))
}
