import { Rule } from '@hearthwatch/api/rule'
import { type Condition, conditions } from '@hearthwatch/api/rule-bounds'
import { quantityOf } from '@hearthwatch/protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { completeRule, type RuleDraft, ruleDefaults } from './rule.ts'

/** A rule that cannot be taken; the message names every field that is wrong, for people. */
export class RuleError extends Error {
  override name = 'RuleError'
}

type Field = keyof typeof Rule.properties
type Given = Record<string, unknown>

/** What alerts without a rule have for its name: a foreign sensor's text, and the broker that is down. */
export const alertsWithoutRule = ['message', 'broker']
/** Those, and the address at which rules are tried out. */
const reserved = [...alertsWithoutRule, 'test']
/** What the API adds when it shows a rule; so that what was read can be written again. */
const shown = ['builtIn', 'changed']

const mostSeconds = 'a number of seconds from 0 to 2592000 (30 days)'
/** What each field must be; the limit's own words depend on the condition. */
const musts: Record<Exclude<Field, 'limit'>, string> = {
  name: 'must be 1 to 64 letters (a to z), digits, hyphens, underscores and dots',
  enabled: 'must be true or false',
  quantity: 'must be the name of a quantity, such as temperature',
  rooms: 'must be a text of 1 to 500 characters: names of rooms separated by commas, * for any run of characters',
  condition: `must be one of ${conditions.join(', ')}`,
  window: 'must be a number of seconds, more than 0 and at most 86400 (a day)',
  recover: 'must be a number, at least 0, in the quantity’s unit',
  for: `must be ${mostSeconds}`,
  keepFiringFor: `must be ${mostSeconds}`,
  severity: 'must be one of info, warning, critical',
  noData: 'must be one of alert, keep, ignore',
  repeat: 'must be a list of at most 20 numbers of minutes, each more than 0 and at most 10080 (a week), such as [15, 30, 60]',
  channels: 'must be a list of at most 20 names of channels, such as ["mail"]',
  message: 'must be {"en": "…", "zh-TW": "…"}, each at most 500 characters',
}

const validators = Object.fromEntries(
  Object.entries(Rule.properties).map(([field, schema]) => [field, Compile(schema as TSchema)]),
) as unknown as Record<Field, { Check(value: unknown): boolean }>

/** Which fields a condition cannot do without, and which say nothing to it. */
const needs: Record<Condition, { wants: readonly Field[]; refuses: readonly Field[] }> = {
  above: { wants: ['quantity', 'limit'], refuses: ['window'] },
  below: { wants: ['quantity', 'limit'], refuses: ['window'] },
  outside: { wants: ['quantity', 'limit'], refuses: ['window'] },
  rises: { wants: ['quantity', 'limit', 'window'], refuses: [] },
  falls: { wants: ['quantity', 'limit', 'window'], refuses: [] },
  silent: { wants: ['for'], refuses: ['limit', 'window', 'recover', 'noData'] },
  offline: { wants: [], refuses: ['quantity', 'limit', 'window', 'recover', 'noData'] },
}

/** What a missing field would say. */
const purposes: Partial<Record<Field, string>> = {
  quantity: 'needs the quantity that it is about, such as temperature',
  window: 'needs the seconds within which it happens',
  for: 'needs the seconds for which nothing may come',
}

/**
 * A rule out of whatever somebody wrote, its defaults filled in. `null` counts as left out.
 * @param name the name that it must have, where that is known already
 * @throws RuleError naming all that is wrong
 */
export function readRule(given: unknown, name?: string): Rule {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new RuleError('a rule must be a JSON object')
  const fields = Object.fromEntries(Object.entries(given).filter(([field, value]) => value !== null && !shown.includes(field)))
  if (name !== undefined) fields.name ??= name
  const problems = [
    ...unknownFields(fields),
    ...misshapen(fields),
    ...(name !== undefined && fields.name !== name ? [`name must be ${name} or be left out`] : []),
    ...conflicts(fields),
  ]
  if (problems.length > 0) throw new RuleError(problems.join('; '))
  return completeRule(fields as RuleDraft)
}

function unknownFields(given: Given): string[] {
  return Object.keys(given)
    .filter((field) => !Object.hasOwn(Rule.properties, field))
    .map((field) => `${short(field)} is no field of a rule`)
}

function misshapen(given: Given): string[] {
  const problems = (['name', 'condition'] as const).filter((field) => given[field] === undefined).map((field) => `${field} is missing`)
  for (const [field, must] of Object.entries(musts)) {
    if (given[field] !== undefined && !validators[field as Field].Check(given[field]))
      problems.push(`${field} ${must} (it is ${short(given[field])})`)
  }
  if (typeof given.name === 'string' && reserved.includes(given.name))
    problems.push(`name must not be ${given.name}: that means something else`)
  return problems
}

/** What does not fit the condition, or one field the other. */
function conflicts(given: Given): string[] {
  const condition = conditions.find((one) => one === given.condition)
  if (condition === undefined) return []
  const { wants, refuses } = needs[condition]
  const missing = wants.filter((field) => field !== 'limit' && given[field] === undefined)
  const useless = refuses.filter((field) => given[field] !== undefined && given[field] !== ruleDefaults[field as keyof typeof ruleDefaults])
  const problems = [
    ...missing.map((field) => `${field} is missing: ${condition} ${purposes[field]}`),
    ...useless.map((field) => `${field} says nothing to ${condition}: leave it out`),
  ]
  if (condition === 'silent' && given.for === 0)
    problems.push('for must be more than 0: silent needs the seconds for which nothing may come')
  if (!wants.includes('limit')) return problems
  const limit = limitProblem(condition, given)
  return limit === null ? [...problems, ...recoverProblem(condition, given)] : [...problems, limit]
}

function limitProblem(condition: Condition, { limit, quantity }: Given): string | null {
  const pair = condition === 'outside'
  const wanted = pair ? '[lowest, highest] in the quantity’s unit' : 'a number in the quantity’s unit'
  if (limit === undefined) return `limit is missing: ${condition} needs ${wanted}`
  const numbers = pair ? limit : [limit]
  const isRight = Array.isArray(numbers) && numbers.length === (pair ? 2 : 1) && numbers.every(Number.isFinite)
  if (!isRight) return `limit must be ${wanted} (it is ${short(limit)})`
  const [low, high] = [numbers[0] as number, numbers.at(-1) as number]
  if (pair && low >= high) return `limit must be [lowest, highest]: ${low} is not below ${high}`
  const { min, max, unit } = quantityOf(typeof quantity === 'string' ? quantity : '')
  const words = unit === '' ? '' : ` ${unit}`
  if (condition === 'rises' || condition === 'falls')
    return low > 0 && low <= max - min
      ? null
      : `limit must be more than 0${words}, and no more than there can be: it is by how much it ${condition}`
  return low >= min && high <= max ? null : `limit must be from ${min} to ${max}${words}: nothing else is ever measured`
}

/** A way back that is too long has no end: the alert would never be over. */
function recoverProblem(condition: Condition, { recover, limit, quantity }: Given): string[] {
  if (typeof recover !== 'number') return []
  const { min, max } = quantityOf(typeof quantity === 'string' ? quantity : '')
  const most = condition === 'above' ? (limit as number) - min : max - (limit as number)
  if (condition === 'above' || condition === 'below')
    return recover <= most ? [] : [`recover must be at most ${most}: so far back from the limit nothing is ever measured`]
  if (condition === 'outside') {
    const [low, high] = limit as [number, number]
    return recover < (high - low) / 2 ? [] : [`recover must be less than half of what lies between the limits (${(high - low) / 2})`]
  }
  return recover < (limit as number) ? [] : [`recover must be less than limit (${limit})`]
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
