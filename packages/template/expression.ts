import type { Token } from './lexer.ts'
import { arithmetic } from './numbers.ts'
import { compare, filters, functions, get, item, member, tests } from './operations.ts'
import type { Payload } from './payload.ts'
import { intOf, isTrue, Missing, NotUnderstood, operand, type Value } from './values.ts'

/** An expression, compiled to a function. */
export type Expression = (payload: Payload) => Value

/** Deepest nesting of blocks, and of an expression. */
export const deepest = 32
const mostSteps = 300
const words = new Set(['if', 'else', 'and', 'or', 'not', 'in', 'is'])
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>='])

/**
 * A recursive descent in the order of Jinja's own parser, so that its precedence is the same.
 * @param kind a block takes no `a if b else c` outside of brackets
 */
export function parseExpression(tokens: readonly Token[], budget: { steps: number }, kind: 'any' | 'of a block'): Expression {
  let at = 0
  let depth = 0

  const here = (): Token => tokens[at] ?? { kind: 'end', text: '' }
  const isSign = (text: string) => here().kind === 'sign' && here().text === text
  const isWord = (text: string) => here().kind === 'name' && here().text === text

  function take(text: string): boolean {
    if (!isSign(text) && !isWord(text)) return false
    at += 1
    return true
  }

  function expect(text: string): void {
    if (!take(text)) throw new NotUnderstood(here().kind === 'end' ? `${text} is missing` : `${here().text} instead of ${text}`)
  }

  function step(expression: Expression): Expression {
    budget.steps += 1
    if (budget.steps > mostSteps) throw new NotUnderstood(`more than ${mostSteps} steps`)
    return expression
  }

  function deeper<T>(work: () => T): T {
    depth += 1
    if (depth > deepest) throw new NotUnderstood(`deeper than ${deepest}`)
    const result = work()
    depth -= 1
    return result
  }

  function parseCondition(): Expression {
    return deeper(() => {
      let left = parseOr()
      while (take('if')) {
        const [then, test] = [left, parseOr()]
        const otherwise: Expression = take('else') ? parseCondition() : () => Missing
        left = step((payload) => (isTrue(test(payload)) ? then(payload) : otherwise(payload)))
      }
      return left
    })
  }

  function parseOr(): Expression {
    let left = parseAnd()
    while (take('or')) {
      const [a, b] = [left, parseAnd()]
      left = step((payload) => {
        const value = a(payload)
        return isTrue(value) ? value : b(payload)
      })
    }
    return left
  }

  function parseAnd(): Expression {
    let left = parseNot()
    while (take('and')) {
      const [a, b] = [left, parseNot()]
      left = step((payload) => {
        const value = a(payload)
        return isTrue(value) ? b(payload) : value
      })
    }
    return left
  }

  function parseNot(): Expression {
    if (!take('not')) return parseCompare()
    const inner = deeper(parseNot)
    return step((payload) => !isTrue(inner(payload)))
  }

  function comparison(): string | null {
    const token = here()
    if (token.kind === 'sign' && comparisons.has(token.text)) {
      at += 1
      return token.text
    }
    if (take('in')) return 'in'
    if (isWord('not') && tokens[at + 1]?.text === 'in' && tokens[at + 1]?.kind === 'name') {
      at += 2
      return 'not in'
    }
    return null
  }

  function parseCompare(): Expression {
    const first = parseSum()
    const rest: { operator: string; operandOf: Expression }[] = []
    for (let operator = comparison(); operator !== null; operator = comparison()) rest.push({ operator, operandOf: parseSum() })
    if (rest.length === 0) return first
    return step((payload) => {
      let left = first(payload)
      for (const { operator, operandOf } of rest) {
        const right = operandOf(payload)
        if (!compare(operator, left, right)) return false
        left = right
      }
      return true
    })
  }

  function parseBinary(signs: readonly string[], next: () => Expression): Expression {
    let left = next()
    for (let sign = here(); sign.kind === 'sign' && signs.includes(sign.text); sign = here()) {
      at += 1
      const [a, b, calculate] = [left, next(), arithmetic[sign.text] as (a: Value, b: Value) => Value]
      left = step((payload) => calculate(a(payload), b(payload)))
    }
    return left
  }

  const parseSum = (): Expression => parseBinary(['+', '-'], parseProduct)
  const parseProduct = (): Expression => parseBinary(['*', '/', '//', '%'], parsePower)
  const parsePower = (): Expression => parseBinary(['**'], () => parseUnary(true))

  function parseUnary(withFilters: boolean): Expression {
    let inner: Expression
    if (take('-')) {
      const positive = deeper(() => parseUnary(false))
      inner = step((payload) => {
        const value = operand(positive(payload))
        return typeof value === 'bigint' ? intOf(-value) : -value
      })
    } else if (take('+')) {
      const same = deeper(() => parseUnary(false))
      inner = step((payload) => operand(same(payload)))
    } else inner = parsePrimary()
    inner = parsePostfix(inner)
    return withFilters ? parseFilters(inner) : inner
  }

  function parsePrimary(): Expression {
    const { kind, text } = here()
    at += 1
    if (kind === 'int') return constant(intOf(BigInt(text)))
    if (kind === 'float') return constant(Number(text))
    if (kind === 'text') return constant(parseTexts(text))
    if (kind === 'name') return parseName(text)
    if (kind === 'sign' && text === '(') {
      const inner = parseCondition()
      expect(')')
      return inner
    }
    if (kind === 'sign' && text === '[') return parseList()
    throw new NotUnderstood(kind === 'end' ? 'an expression without an end' : `${text} at this place`)
  }

  /** Texts beside each other are one, as in Python. */
  function parseTexts(first: string): string {
    let text = first
    for (; here().kind === 'text'; at += 1) text += here().text
    return text
  }

  function parseName(name: string): Expression {
    if (name === 'value') return step(({ text }) => text)
    if (name === 'value_json') return step(({ json }) => json)
    if (['true', 'True'].includes(name)) return constant(true)
    if (['false', 'False'].includes(name)) return constant(false)
    if (['none', 'None'].includes(name)) return constant(null)
    const call = Object.hasOwn(functions, name) ? functions[name] : undefined
    if (call === undefined || !isSign('(')) throw new NotUnderstood(words.has(name) ? `${name} at this place` : `the name ${name}`)
    return applied(call, parseArguments())
  }

  function parseList(): Expression {
    const items: Expression[] = []
    while (!isSign(']')) {
      items.push(parseCondition())
      if (!take(',')) break
    }
    expect(']')
    return step((payload) => items.map((one) => one(payload)))
  }

  /** `(a, b, default=c)`, with the opening bracket. */
  function parseArguments(): { values: Expression[]; fallback: Expression | undefined } {
    const values: Expression[] = []
    let fallback: Expression | undefined
    expect('(')
    while (!isSign(')')) {
      const isNamed = here().kind === 'name' && tokens[at + 1]?.kind === 'sign' && tokens[at + 1]?.text === '='
      if (isNamed) {
        if (here().text !== 'default') throw new NotUnderstood(`the argument ${here().text}`)
        at += 2
        if (fallback) throw new NotUnderstood('default twice')
        fallback = parseCondition()
      } else {
        if (fallback) throw new NotUnderstood('an argument behind default=')
        values.push(parseCondition())
      }
      if (!take(',')) break
    }
    expect(')')
    return { values, fallback }
  }

  type Applied = (typeof filters)[string]

  function applied({ least, most, named, run }: Applied, { values, fallback }: ReturnType<typeof parseArguments>): Expression {
    if (values.length < least || values.length > most) throw new NotUnderstood(`${values.length} arguments`)
    if (fallback === undefined) return step((payload) => run(values.map((one) => one(payload))))
    if (named === undefined || values.length > named) throw new NotUnderstood('the argument default')
    const between = new Array<undefined>(named - values.length).fill(undefined)
    return step((payload) => run([...values.map((one) => one(payload)), ...between, fallback(payload)]))
  }

  function parsePostfix(start: Expression): Expression {
    let inner = start
    for (;;) {
      const from = inner
      if (take('.')) {
        const { kind, text } = here()
        at += 1
        if (kind === 'int') {
          const index = BigInt(text)
          inner = step((payload) => item(from(payload), index))
        } else if (kind !== 'name') throw new NotUnderstood('a dot without a name')
        else if (text === 'get' && isSign('(')) inner = applied({ least: 2, most: 3, run: get }, withFirst(from, parseArguments()))
        else if (isSign('(')) throw new NotUnderstood(`the method ${text}`)
        else {
          const of = member(text)
          inner = step((payload) => of(from(payload)))
        }
      } else if (take('[')) {
        const key = parseCondition()
        expect(']')
        inner = step((payload) => item(from(payload), key(payload)))
      } else if (isSign('(')) throw new NotUnderstood('a call')
      else return inner
    }
  }

  const withFirst = (first: Expression, { values, fallback }: ReturnType<typeof parseArguments>) => ({
    values: [first, ...values],
    fallback,
  })

  function parseFilters(start: Expression): Expression {
    let inner = start
    for (;;) {
      if (take('|')) {
        const { kind, text } = here()
        at += 1
        const filter = kind === 'name' && Object.hasOwn(filters, text) ? filters[text] : undefined
        if (filter === undefined || isSign('.')) throw new NotUnderstood(`the filter ${text}`)
        inner = applied(filter, isSign('(') ? withFirst(inner, parseArguments()) : { values: [inner], fallback: undefined })
      } else if (take('is')) {
        const negated = take('not')
        const { kind, text } = here()
        at += 1
        const test = kind === 'name' && Object.hasOwn(tests, text) ? tests[text] : undefined
        if (test === undefined) throw new NotUnderstood(`the test ${text}`)
        const next = here()
        // Jinja would take these as an argument of the test.
        if (
          next.kind !== 'end' &&
          !(next.kind === 'sign' && next.text !== '(' && next.text !== '[') &&
          !['else', 'or', 'and'].includes(next.text)
        )
          throw new NotUnderstood(`${next.text} behind a test`)
        const tested = inner
        inner = step((payload) => test(tested(payload)) !== negated)
      } else if (isSign('(')) throw new NotUnderstood('a call')
      else return inner
    }
  }

  function constant(value: Value): Expression {
    return step(() => value)
  }

  const expression = kind === 'any' ? parseCondition() : parseOr()
  if (here().kind !== 'end') throw new NotUnderstood(`${here().text} at this place`)
  return expression
}
