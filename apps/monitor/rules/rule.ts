import { Rule } from '@hearthwatch/api/rule'
import { baseQuantity } from '@hearthwatch/protocol'

/** The fields that have a default: whoever writes a rule may leave them out. */
export const ruleDefaults = Object.fromEntries(
  Object.entries(Rule.properties).flatMap(([field, schema]) => ('default' in schema ? [[field, schema.default]] : [])),
) as Pick<Rule, 'enabled' | 'rooms' | 'for' | 'keepFiringFor' | 'severity' | 'noData' | 'repeat' | 'channels'>

/** A rule of which only what matters is said. */
export type RuleDraft = Omit<Rule, keyof typeof ruleDefaults> & Partial<Rule>

/** The rule with its defaults filled in, its fields in the order of the schema. */
export function completeRule(draft: RuleDraft): Rule {
  const all: Record<string, unknown> = { ...ruleDefaults, ...draft }
  const given = Object.keys(Rule.properties).filter((field) => all[field] !== undefined && all[field] !== null)
  return structuredClone(Object.fromEntries(given.map((field) => [field, all[field]]))) as Rule
}

/** A limit of nothing has a way back, too; in the quantity's unit. */
const leastRecover = 0.1

/** How far back from its limit a value must come before all is well: as the rule says, else 1 °C, or 2 % of the limit. */
export function recoverOf({ condition, quantity = '', limit, recover }: Rule): number {
  if (recover !== undefined || limit === undefined) return recover ?? 0
  const [low, high] = typeof limit === 'number' ? [limit, limit] : limit
  const usual = baseQuantity(quantity) === 'temperature' ? 1 : Math.max(leastRecover, 0.02 * Math.max(Math.abs(low), Math.abs(high)))
  // What is narrower than the usual way back would never be well again.
  if (condition === 'outside') return Math.min(usual, (high - low) / 4)
  return condition === 'rises' || condition === 'falls' ? Math.min(usual, high / 2) : usual
}
