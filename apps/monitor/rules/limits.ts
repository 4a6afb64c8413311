import type { Rule } from '@hearthwatch/api/rule'
import type { Condition } from '@hearthwatch/api/rule-bounds'
import { recoverOf } from './rule.ts'

/** Which limit was crossed: `above` the highest, `below` the lowest, or it rose or fell by too much. */
export type Side = 'above' | 'below' | 'rises' | 'falls'

/** What a rule says of each reading, ready to be judged: numbers in the quantity's unit, times in ms. */
export interface Limits {
  readonly condition: Exclude<Condition, 'offline'>
  /** Nothing below is well; −∞: there is no such limit. */
  readonly low: number
  /** Nothing above is well, for `rises` and `falls` no amount of so much; ∞: there is no such limit. */
  readonly high: number
  /** How far back from the limit it is well again. */
  readonly recover: number
  /** Within which it rises or falls; 0 for other conditions. */
  readonly window: number
  /** How long it must last before it fires. */
  readonly for: number
  /** How long it must be well before it is over. */
  readonly keepFiringFor: number
  readonly noData: Rule['noData']
}

/** @returns null for a rule that is about devices (`offline`), or has no limit where it needs one */
export function limitsOf(rule: Rule): Limits | null {
  const { condition } = rule
  const keepFiringFor = rule.keepFiringFor * 1000
  const none = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, recover: 0, window: 0 }
  // Whatever a reading says, it is well: what is the matter is that none comes. `for` is how long that may be.
  if (condition === 'silent') return { ...none, condition, for: 0, keepFiringFor, noData: 'alert' }
  if (condition === 'offline' || rule.limit === undefined) return null
  const [first, last] = typeof rule.limit === 'number' ? [rule.limit, rule.limit] : rule.limit
  return {
    condition,
    low: condition === 'below' || condition === 'outside' ? first : none.low,
    high: condition === 'below' ? none.high : last,
    recover: recoverOf(rule),
    window: (rule.window ?? 0) * 1000,
    for: rule.for * 1000,
    keepFiringFor,
    noData: rule.noData,
  }
}

/** @param value the reading; for `rises` and `falls` by how much it has */
export function crossed({ condition, low, high }: Limits, value: number): Side | null {
  if (condition === 'rises' || condition === 'falls') return value >= high ? condition : null
  if (value > high) return 'above'
  return value < low ? 'below' : null
}

/** Whether a value is back by enough, on the side that it had crossed; null: readings had stayed away, and any good one will do. */
export function hasRecovered(limits: Limits, value: number, side: Side | null): boolean {
  if (crossed(limits, value) !== null) return false
  if (side === null) return true
  return side === 'below' ? value >= limits.low + limits.recover : value <= limits.high - limits.recover
}

/** The number that was crossed on this side. */
export const boundOf = ({ low, high }: Limits, side: Side): number => (side === 'below' ? low : high)
