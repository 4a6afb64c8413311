import type { Rule } from '@hearthwatch/api/rule'
import type { Condition } from '@hearthwatch/api/rule-bounds'
import { recoverOf } from './rule.ts'

/** The limit that was crossed: the highest (`above`), the lowest (`below`), or the amount of a change (`rises`, `falls`). */
export type Side = 'above' | 'below' | 'rises' | 'falls'

/** A rule about a series, in the form that the machine compares with: numbers in the quantity's unit, times in ms. */
export interface Limits {
  readonly condition: Exclude<Condition, 'offline'>
  /** Lowest value within limits; −∞: no lowest. */
  readonly low: number
  /** Highest value within limits; ∞: no highest. For `rises` and `falls`: the amount that meets the condition. */
  readonly high: number
  /** Distance from the limit to the recovery threshold. */
  readonly recover: number
  /** The window of `rises` and `falls`; 0 for other conditions. */
  readonly window: number
  /** Duration of the pending state. */
  readonly for: number
  /** Duration of the recovering state. */
  readonly keepFiringFor: number
  readonly noData: Rule['noData']
}

/** @returns null for a rule about devices (`offline`), and for one that lacks its limit */
export function limitsOf(rule: Rule): Limits | null {
  const { condition } = rule
  const keepFiringFor = rule.keepFiringFor * 1000
  const none = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, recover: 0, window: 0 }
  // For `silent`, every value is within limits; `for` is the timeout, see `seriesTimeout`.
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

/**
 * @param value the reading; for `rises` and `falls` the amount of the change
 * @returns null: within limits
 */
export function crossed({ condition, low, high }: Limits, value: number): Side | null {
  if (condition === 'rises' || condition === 'falls') return value >= high ? condition : null
  if (value > high) return 'above'
  return value < low ? 'below' : null
}

/**
 * True if a value is past the recovery threshold.
 * @param side the limit that was crossed; null: readings were missing, so any value within limits will do
 */
export function hasRecovered(limits: Limits, value: number, side: Side | null): boolean {
  if (crossed(limits, value) !== null) return false
  if (side === null) return true
  return side === 'below' ? value >= limits.low + limits.recover : value <= limits.high - limits.recover
}

/** The number of the limit on this side. */
export const boundOf = ({ low, high }: Limits, side: Side): number => (side === 'below' ? low : high)

/** The value of two that is further beyond the limit of this side; null: the side has no level. */
export function peakOf(side: Side | null, before: number | null, value: number): number | null {
  if (side !== 'above' && side !== 'below') return before
  return (side === 'above' ? Math.max : Math.min)(before ?? value, value)
}
