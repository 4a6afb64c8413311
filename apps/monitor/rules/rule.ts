import { Rule } from '@hearthwatch/api/rule'
import { baseQuantity } from '@hearthwatch/protocol'

/** The default of each field that may be left out. */
export const ruleDefaults = Object.fromEntries(
  Object.entries(Rule.properties).flatMap(([field, schema]) => ('default' in schema ? [[field, schema.default]] : [])),
) as Pick<Rule, 'enabled' | 'rooms' | 'for' | 'keepFiringFor' | 'severity' | 'noData' | 'repeat' | 'channels'>

/** A rule without the fields that have a default. */
export type RuleDraft = Omit<Rule, keyof typeof ruleDefaults> & Partial<Rule>

/** Fills in the defaults, and puts the fields in the order of the schema. */
export function completeRule(draft: RuleDraft): Rule {
  const all: Record<string, unknown> = { ...ruleDefaults, ...draft }
  const given = Object.keys(Rule.properties).filter((field) => all[field] !== undefined && all[field] !== null)
  return structuredClone(Object.fromEntries(given.map((field) => [field, all[field]]))) as Rule
}

/** For a limit near 0, in the quantity's unit. */
const leastRecover = 0.1

/** The distance from the limit to the recovery threshold: the rule's `recover`, or 1 °C, or 2 % of the limit. */
export function recoverOf({ condition, quantity = '', limit, recover }: Rule): number {
  if (recover !== undefined || limit === undefined) return recover ?? 0
  const [low, high] = typeof limit === 'number' ? [limit, limit] : limit
  const usual = baseQuantity(quantity) === 'temperature' ? 1 : Math.max(leastRecover, 0.02 * Math.max(Math.abs(low), Math.abs(high)))
  // A recovery threshold outside the other limit, or below 0, could never be reached.
  if (condition === 'outside') return Math.min(usual, (high - low) / 4)
  return condition === 'rises' || condition === 'falls' ? Math.min(usual, high / 2) : usual
}
