import type { Ending } from '@hearthwatch/api/alerts'
import type { Rule } from '@hearthwatch/api/rule'
import type { Condition, ConditionWithoutRule } from '@hearthwatch/api/rule-bounds'
import type { Severity } from '@hearthwatch/api/severity'

export type AlertState = 'pending' | 'firing' | 'recovering' | 'resolved'
/**
 * Some alerts have no rule: `message` (a foreign sensor's sentence), `broker` (no connection to the broker) and `deaf` (the
 * broker delivers nothing). `flood` is a sender that sends too much; for others see `house-troubles.ts`.
 */
export type AlertCondition = Condition | ConditionWithoutRule

/** An alert from pending to resolved. An open alert is also the stored state of its machine. Times in ms since the epoch, UTC. */
export interface Alert {
  id: number
  rule: string
  /** The title that a person gave the rule; null: none. */
  title: string | null
  /** The series, device or room that the alert is about. A rule has at most one open alert for each subject. */
  subject: string
  /** The condition that is met; for a rule with `outside` the side that was crossed: `above` or `below`. */
  condition: AlertCondition
  room: string | null
  device: string | null
  quantity: string | null
  state: AlertState
  severity: Severity
  /** The reading that raised the alert; once resolved, the reading that resolved it. For `rises` and `falls`: the amount of the change. */
  value: number | null
  /** The value that was furthest beyond the limit. Null for `rises` and `falls`, and if readings are missing. */
  peak: number | null
  /** The limit that was crossed; for `rises` and `falls`: the amount. */
  bound: number | null
  /** For `rises` and `falls`: the rule's window. For missing readings: the time after which they count as missing. ms */
  window: number | null
  /** The sentence of a foreign sensor; for `deaf` the topics that are not delivered, for the upkeep of the house the reason. */
  text: string | null
  /** The rule's own text. */
  message: NonNullable<Rule['message']> | null
  /** Names of the channels that notify of it; empty: all channels. */
  channels: readonly string[]
  /** Start of the pending state. */
  started: number
  fired: number | null
  resolved: number | null
  /** Why it ended although its condition was not over; null: the condition was over. */
  ended: Ending | null
  acknowledged: number | null
  /** Time at which the state changes without further input; null: never. */
  due: number | null
  /** Start of the recovering state. */
  well: number | null
  /** 1: raised because readings are missing, not because of a value. */
  noData: 0 | 1
  /** Time of the last `firing` or `repeat` notification; null: none was sent. */
  told: number | null
  /** Number of `firing` and `repeat` notifications. */
  tellings: number
  /** End of the silence that suppresses its notifications; null: not silenced. */
  silenced: number | null
  /** The rule whose alert inhibits this one; null: not inhibited. */
  inhibited: string | null
  /** 1: found in late readings, and already over when it was found. */
  late: 1 | null
}

export type NewAlert = Omit<Alert, 'id'>

const defaults = {
  title: null,
  room: null,
  device: null,
  quantity: null,
  value: null,
  peak: null,
  bound: null,
  window: null,
  text: null,
  message: null,
  channels: [] as readonly string[],
  fired: null,
  resolved: null,
  ended: null,
  acknowledged: null,
  due: null,
  well: null,
  noData: 0,
  told: null,
  tellings: 0,
  silenced: null,
  inhibited: null,
  late: null,
} as const

export function newAlert(
  about: Pick<Alert, 'rule' | 'subject' | 'condition' | 'state' | 'severity' | 'started'> & Partial<Omit<Alert, 'id'>>,
): NewAlert {
  return { ...defaults, ...about }
}
