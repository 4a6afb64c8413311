import type { FieldProblem } from '@hearthwatch/api/errors'
import { problemOf, type ValidationError } from '@hearthwatch/api/field-problem'
import { Rule } from '@hearthwatch/api/rule'
import { type Condition, conditions, reservedNames, ruleBounds } from '@hearthwatch/api/rule-bounds'
import { isOwnTitle } from '@hearthwatch/api/rule-titles'
import { quantityOf } from '@hearthwatch/protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { completeRule, type RuleDraft, ruleDefaults } from './rule.ts'
import { RuleError, sentenceOf } from './rule-error.ts'

type Field = keyof typeof Rule.properties
type Given = Record<string, unknown>

/** Fields that the API adds to a rule that it lists; they are ignored, so that such a rule can be written back. */
const listedFields = ['builtIn', 'changed']

interface Validator {
  Check(value: unknown): boolean
  Errors(value: unknown): [boolean, ValidationError[]]
}
const validators = Object.entries(Rule.properties).map(
  ([field, schema]) => [field as Field, Compile(schema as TSchema) as unknown as Validator] as const,
)

/** The fields that a condition requires, and those that mean nothing to it. */
const needs: Record<Condition, { required: readonly Field[]; unused: readonly Field[] }> = {
  above: { required: ['quantity', 'limit'], unused: ['window'] },
  below: { required: ['quantity', 'limit'], unused: ['window'] },
  outside: { required: ['quantity', 'limit'], unused: ['window'] },
  rises: { required: ['quantity', 'limit', 'window'], unused: [] },
  falls: { required: ['quantity', 'limit', 'window'], unused: [] },
  silent: { required: ['for'], unused: ['limit', 'window', 'recover', 'noData'] },
  offline: { required: [], unused: ['quantity', 'limit', 'window', 'recover', 'noData'] },
}

/**
 * Checks a rule and fills in its defaults. A field that is `null` counts as left out.
 * @param name the name that the rule must have, if its address gives one
 * @throws RuleError naming every wrong field
 */
export function readRule(given: unknown, name?: string): Rule {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new RuleError('a rule must be a JSON object')
  const fields: Given = Object.fromEntries(
    Object.entries(given).filter(([field, value]) => value !== null && !listedFields.includes(field)),
  )
  if (name !== undefined) fields.name ??= name
  const problems: FieldProblem[] = [
    ...unknownFields(fields),
    ...malformedFields(fields),
    ...(name !== undefined && fields.name !== name ? [{ field: 'name', problem: 'mismatch' } as const] : []),
    ...conflicts(fields),
  ]
  // A listed rule that is written back has the title that it has by itself, in the language of that moment.
  if (typeof fields.title === 'string' && isOwnTitle(`${fields.name}`, fields.title)) delete fields.title
  if (problems.length > 0) throw new RuleError(problems.map((problem) => sentenceOf(problem, fields, name)).join('; '), problems)
  return completeRule(fields as RuleDraft)
}

function unknownFields(given: Given): FieldProblem[] {
  return Object.keys(given)
    .filter((field) => !Object.hasOwn(Rule.properties, field))
    .map((field) => ({ field, problem: 'unknown' }))
}

/** Fields that are wrong by themselves; the limit's form depends on the condition, see `limitProblem`. */
function malformedFields(given: Given): FieldProblem[] {
  const problems: FieldProblem[] = (['name', 'condition'] as const)
    .filter((field) => given[field] === undefined)
    .map((field) => ({ field, problem: 'missing' }))
  for (const [field, validator] of validators) {
    if (field === 'limit' || given[field] === undefined || validator.Check(given[field])) continue
    const [, [error]] = validator.Errors(given[field])
    const found = problemOf(error ?? { keyword: '', params: {} })
    // An unknown field inside this one.
    problems.push({ field, ...(found.problem === 'unknown' ? { problem: 'wrong-format' } : found) })
  }
  if (typeof given.name === 'string' && reservedNames.includes(given.name)) problems.push({ field: 'name', problem: 'not-allowed' })
  return problems
}

/** Fields that do not fit the condition or each other. */
function conflicts(given: Given): FieldProblem[] {
  const condition = conditions.find((one) => one === given.condition)
  if (condition === undefined) return []
  const { required, unused } = needs[condition]
  const problems: FieldProblem[] = [
    ...required.filter((field) => field !== 'limit' && given[field] === undefined).map((field) => ({ field, problem: 'missing' }) as const),
    ...unused
      .filter((field) => given[field] !== undefined && given[field] !== ruleDefaults[field as keyof typeof ruleDefaults])
      .map((field) => ({ field, problem: 'not-needed' }) as const),
  ]
  if (condition === 'silent' && given.for === 0) problems.push({ field: 'for', problem: 'not-above', min: 0, max: ruleBounds.for.maximum })
  if (!required.includes('limit')) return problems
  const limit = limitProblem(condition, given)
  return limit === null ? [...problems, ...recoverProblem(condition, given)] : [...problems, limit]
}

function limitProblem(condition: Condition, { limit, quantity }: Given): FieldProblem | null {
  const field = 'limit'
  const isPair = condition === 'outside'
  if (limit === undefined) return { field, problem: 'missing' }
  const numbers = isPair ? limit : [limit]
  const isRight = Array.isArray(numbers) && numbers.length === (isPair ? 2 : 1) && numbers.every(Number.isFinite)
  if (!isRight) return { field, problem: isPair ? 'wrong-type' : 'not-a-number' }
  const [low, high] = [numbers[0] as number, numbers.at(-1) as number]
  if (isPair && low >= high) return { field, problem: 'wrong-order' }
  const { min, max } = quantityOf(typeof quantity === 'string' ? quantity : '')
  if (condition === 'rises' || condition === 'falls') {
    const most = Number.isFinite(max - min) ? { max: max - min } : {}
    if (low <= 0) return { field, problem: 'not-above', min: 0, ...most }
    return low > max - min ? { field, problem: 'too-large', ...most } : null
  }
  if (low < min) return { field, problem: 'too-small', min, max }
  return high > max ? { field, problem: 'too-large', min, max } : null
}

/** A `recover` that no value can reach would keep the alert open for ever. */
function recoverProblem(condition: Condition, { recover, limit, quantity }: Given): FieldProblem[] {
  if (typeof recover !== 'number') return []
  const field = 'recover'
  const { min, max } = quantityOf(typeof quantity === 'string' ? quantity : '')
  if (condition === 'above' || condition === 'below') {
    const most = condition === 'above' ? (limit as number) - min : max - (limit as number)
    return recover > most ? [{ field, problem: 'too-large', max: most }] : []
  }
  const [low, high] = condition === 'outside' ? (limit as [number, number]) : [0, 2 * (limit as number)]
  const below = (high - low) / 2
  return recover < below ? [] : [{ field, problem: 'not-below', max: below }]
}
