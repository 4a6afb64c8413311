import type { FieldProblem } from '@hearthwatch/api/errors'
import { conditions, noDataChoices, ruleBounds, ruleLengths } from '@hearthwatch/api/rule-bounds'
import { severities } from '@hearthwatch/api/severity'
import { quantityOf } from '@hearthwatch/protocol'

/** A rule that is refused. The message, for people, and `fields`, for programs, name every wrong field. */
export class RuleError extends Error {
  override name = 'RuleError'
  readonly fields: readonly FieldProblem[]
  constructor(message: string, fields: readonly FieldProblem[] = []) {
    super(message)
    this.fields = fields
  }
}

const days = (seconds: number) => (seconds === 86_400 ? '1 day' : `${seconds / 86_400} days`)
const seconds = ({ minimum, maximum }: { minimum: number; maximum: number }) =>
  `must be a number of seconds from ${minimum} to ${maximum} (${days(maximum)})`

/** The form of each field; that of `limit` depends on the condition. */
const forms: Record<string, string> = {
  name: `must be 1 to ${ruleLengths.name} letters (a to z), digits, hyphens, underscores and dots`,
  title: `must be one line of 1 to ${ruleLengths.title} characters, without spaces around it`,
  enabled: 'must be true or false',
  quantity: 'must be the name of a quantity, such as temperature',
  rooms: `must be a text of 1 to ${ruleLengths.rooms} characters: names of rooms separated by commas, * for any run of characters`,
  condition: `must be one of ${conditions.join(', ')}`,
  window: `must be a number of seconds, more than ${ruleBounds.window.exclusiveMinimum} and at most ${ruleBounds.window.maximum} (${days(ruleBounds.window.maximum)})`,
  recover: `must be a number, at least ${ruleBounds.recover.minimum}, in the quantity’s unit`,
  for: seconds(ruleBounds.for),
  keepFiringFor: seconds(ruleBounds.keepFiringFor),
  severity: `must be one of ${severities.join(', ')}`,
  noData: `must be one of ${noDataChoices.join(', ')}`,
  repeat: `must be a list of at most ${ruleLengths.repeat} numbers of minutes, each at least ${ruleBounds.repeat.minimum} and at most ${ruleBounds.repeat.maximum} (${days(ruleBounds.repeat.maximum * 60)}), such as [15, 30, 60]`,
  channels: `must be a list of at most ${ruleLengths.channels} names of channels, such as ["mail"]`,
  message: `must be {"en": "…", "zh-TW": "…"}, each at most ${ruleLengths.message} characters`,
}

/** Why a condition requires a field. */
const reasons: Record<string, string> = {
  quantity: 'needs a quantity, such as temperature',
  window: 'needs the seconds of its window',
  for: 'needs the seconds without a reading after which it fires',
}

/**
 * One sentence about a wrong field of a rule.
 * @param given the rule as it was written
 * @param name the name that the rule must have
 */
export function sentenceOf(wrong: FieldProblem, given: Record<string, unknown>, name = ''): string {
  const { field, problem } = wrong
  if (problem === 'unknown') return `${short(field)} is no field of a rule`
  if (problem === 'not-needed') return `${field} has no meaning for ${given.condition}: leave it out`
  if (problem === 'mismatch') return `${field} must be ${name} or be left out`
  if (problem === 'not-allowed') return `${field} must not be ${given[field]}: that name is reserved`
  if (field === 'limit') return limitSentence(wrong, given)
  if (problem === 'missing') return `${field} is missing${field in reasons ? `: ${given.condition} ${reasons[field]}` : ''}`
  if (field === 'recover' && wrong.max !== undefined) return recoverSentence(wrong, given)
  if (field === 'for' && problem === 'not-above') return `for must be more than ${wrong.min}: silent ${reasons.for}`
  return `${field} ${forms[field]} (it is ${short(given[field])})`
}

function limitSentence({ problem, min, max }: FieldProblem, { condition, limit, quantity }: Record<string, unknown>): string {
  const form = condition === 'outside' ? '[lowest, highest] in the quantity’s unit' : 'a number in the quantity’s unit'
  if (problem === 'missing') return `limit is missing: ${condition} needs ${form}`
  if (problem === 'wrong-order') return `limit must be [lowest, highest]: ${(limit as number[]).join(' is not below ')}`
  if (min === undefined && max === undefined) return `limit must be ${form} (it is ${short(limit)})`
  const { unit } = quantityOf(typeof quantity === 'string' ? quantity : '')
  const words = unit === '' ? '' : ` ${unit}`
  return condition === 'rises' || condition === 'falls'
    ? `limit must be more than 0${words} and no more than the range of the quantity: it is the amount by which it ${condition}`
    : `limit must be from ${min} to ${max}${words}, the range of the quantity`
}

function recoverSentence({ problem, max }: FieldProblem, { condition }: Record<string, unknown>): string {
  if (problem === 'too-large') return `recover must be at most ${max}: values further back are outside the range of the quantity`
  return condition === 'outside'
    ? `recover must be less than half of the distance between the limits (${max})`
    : `recover must be less than limit (${max})`
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
