import { intOf, Missing, NotUnderstood, operand, TemplateError, trimmed, type Value } from './values.ts'

const otherDigits = /[^\P{Nd}0-9]/u
const float = /^[+-]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:e[+-]?\d(?:_?\d)*)?$/i
const whole = /^[+-]?\d(?:_?\d)*$/

/** Python's `float()`. @returns null for what is no number */
export function toFloat(value: Value): number | null {
  if (value === Missing) throw new TemplateError('float of undefined')
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return null
  const text = plain(value)
  if (float.test(text)) return Number(text.replaceAll('_', ''))
  const word = text.toLowerCase()
  if (/^[+-]?nan$/.test(word)) return Number.NaN
  if (/^[+-]?inf(?:inity)?$/.test(word)) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return null
}

/** Home Assistant's `int`. @returns null for what is no number */
export function toInt(value: Value): bigint | null {
  if (value === Missing) throw new TemplateError('int of undefined')
  if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value)
  if (typeof value === 'string') {
    const text = plain(value)
    // BigInt knows no plus sign.
    if (whole.test(text)) return intOf(BigInt(text.replaceAll('_', '').replace('+', '')))
  }
  const number = toFloat(value)
  return number === null || !Number.isFinite(number) ? null : intOf(BigInt(Math.trunc(number)))
}

function plain(value: string): string {
  // Longer than any number that a program writes; the patterns would read all of it.
  if (value.length > 400) return ''
  const text = trimmed(value)
  if (otherDigits.test(text)) throw new NotUnderstood('digits of another script')
  return text
}

/** Python's `round()` of the exact binary value, halves to even. @param digits 0 to 15 */
export function rounded(value: number, digits: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return value
  const exact = Math.abs(value).toFixed(100)
  const cut = exact.indexOf('.') + 1 + digits
  const rest = exact.slice(cut)
  const isHalf = rest.startsWith('5') && /^50*$/.test(rest)
  const kept = isHalf ? halfToEven(exact, cut, digits) : Math.abs(value).toFixed(digits)
  return value < 0 || Object.is(value, -0) ? -Number(kept) : Number(kept)
}

function halfToEven(exact: string, cut: number, digits: number): string {
  const units = BigInt(exact.slice(0, cut).replace('.', ''))
  const even = String(units % 2n === 0n ? units : units + 1n).padStart(digits + 1, '0')
  return digits === 0 ? even : `${even.slice(0, -digits)}.${even.slice(-digits)}`
}

/** The operators of two numbers. Two ints stay ints, as in Python. */
export const arithmetic: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  '+': (a, b) =>
    typeof a === 'string' && typeof b === 'string'
      ? joined(a, b)
      : calculate(
          a,
          b,
          (x, y) => x + y,
          (x, y) => x + y,
        ),
  '-': (a, b) =>
    calculate(
      a,
      b,
      (x, y) => x - y,
      (x, y) => x - y,
    ),
  '*': (a, b) => {
    if ((typeof a === 'string' && isWhole(b)) || (typeof b === 'string' && isWhole(a))) throw new NotUnderstood('a text many times over')
    return calculate(
      a,
      b,
      (x, y) => x * y,
      (x, y) => x * y,
    )
  },
  '/': (a, b) => Number(operand(a)) / Number(divisor(b)),
  '//': (a, b) => {
    const by = divisor(b)
    return calculate(a, by, floorDivide, floorDivideFloats)
  },
  '%': (a, b) => {
    if (typeof a === 'string') throw new NotUnderstood('formatting with %')
    const by = divisor(b)
    return calculate(a, by, (x, y) => ((x % y) + y) % y, modulo)
  },
  '**': power,
}

const isWhole = (value: Value) => typeof value === 'bigint' || typeof value === 'boolean'

function joined(a: string, b: string): string {
  if (a.length + b.length > 100_000) throw new TemplateError('the text is too long')
  return a + b
}

function calculate(a: Value, b: Value, whole: (a: bigint, b: bigint) => bigint, real: (a: number, b: number) => number): Value {
  if (Array.isArray(a) || Array.isArray(b)) throw new NotUnderstood('arithmetic with lists')
  const [x, y] = [operand(a), operand(b)]
  return typeof x === 'bigint' && typeof y === 'bigint' ? intOf(whole(x, y)) : real(Number(x), Number(y))
}

function divisor(value: Value): bigint | number {
  const by = operand(value)
  if (Number(by) === 0) throw new TemplateError('division by zero')
  return by
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

function floorDivideFloats(a: number, b: number): number {
  const quotient = (a - modulo(a, b)) / b
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

/** Has the sign of the divisor. */
function modulo(a: number, b: number): number {
  const rest = a % b
  if (rest === 0) return b < 0 ? -0 : 0
  return rest < 0 !== b < 0 ? rest + b : rest
}

/** Powers of ints, and of 10 to a negative int. JavaScript and Python round other powers differently. */
function power(a: Value, b: Value): Value {
  const [base, exponent] = [operand(a), operand(b)]
  if (Number(base) === 0 && exponent < 0) throw new TemplateError('zero to a negative power')
  // Jinja writes -2 ** 2 into Python, where it is -4, but (-x) ** 2 is positive.
  if (typeof base !== 'bigint' || typeof exponent !== 'bigint' || base < 0n) throw new NotUnderstood('a power of other than whole numbers')
  if (base === 10n && exponent < 0n && exponent > -20n) return Number(`1e${exponent}`)
  if (exponent < 0n || exponent > 64n) throw new NotUnderstood('a large power')
  return intOf(base ** exponent)
}
