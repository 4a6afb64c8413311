import type { Rule } from '@hearthwatch/api/rule'
import type { Severity } from '@hearthwatch/api/severity'

/** The part of a rule that a chart shows. */
export type LimitRule = Pick<Rule, 'enabled' | 'quantity' | 'rooms' | 'condition' | 'limit' | 'severity'>

export interface Limit {
  value: number
  /** `above`: a higher value raises an alert. */
  side: 'above' | 'below'
  severity: Severity
}

/** The limits of all rules for a quantity of a room. */
export function limitsFor(rules: readonly LimitRule[], room: string, quantity: string): Limit[] {
  return rules.flatMap(({ enabled, quantity: about, rooms, condition, limit, severity }): Limit[] => {
    const isMeant = about === quantity || about === quantity.replace(/_\d+$/, '')
    if (!enabled || !isMeant || !matches(rooms, room)) return []
    if (typeof limit === 'number')
      return condition === 'above' || condition === 'below' ? [{ value: limit, side: condition, severity }] : []
    const [low, high] = limit ?? []
    if (condition !== 'outside' || low === undefined || high === undefined) return []
    return [
      { value: low, side: 'below', severity },
      { value: high, side: 'above', severity },
    ]
  })
}

/** @param rooms names separated by commas, `*` for any run of characters */
export function matches(rooms: string, room: string): boolean {
  // The monitor reads the list the same way, see apps/monitor/rules/scope.ts.
  const patterns = rooms.split(',').flatMap((name) => [name, ...name.split(/[;，、；]/)])
  return patterns.some((pattern) => {
    const parts = pattern.trim().normalize().split('*').map(literally)
    return new RegExp(`^${parts.join('.*')}$`, 'siu').test(room)
  })
}

const literally = (text: string) => text.replace(/[$()*+.?[\\\]^{|}/]/g, '\\$&')
