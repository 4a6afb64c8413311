import type { Condition } from '@hearthwatch/api/rule-bounds'
import type { Severity } from '@hearthwatch/api/severity'

export type AlertState = 'pending' | 'firing' | 'recovering' | 'resolved'
/** A rule's condition, or what no rule is needed for: a foreign sensor's sentence, and our own link to the broker. */
export type AlertCondition = Condition | 'message' | 'broker'
/** Text in the languages that somebody wrote it in. */
export type Words = { en?: string | undefined; 'zh-TW'?: string | undefined }

/** An alert, from the first doubt to its end; open ones are the state of the alert machines. Times in ms. */
export interface Alert {
  id: number
  rule: string
  /** What the rule is about: a series, a device, a room. One open alert for each (rule, subject). */
  subject: string
  /** What is the matter; for a rule's `outside` the side that was crossed: `above` or `below`. */
  condition: AlertCondition
  room: string | null
  device: string | null
  quantity: string | null
  state: AlertState
  severity: Severity
  /** The reading that made it fire; for `rises` and `falls` by how much it did. When it is resolved, the one that ended it. */
  value: number | null
  /** The limit that was crossed; the amount for `rises` and `falls`. */
  bound: number | null
  /** ms: within which it rose or fell by so much. */
  window: number | null
  /** What a foreign sensor said. */
  text: string | null
  /** The rule's own words for it. */
  message: Words | null
  /** Names of the channels that tell it; none: all of them. */
  channels: readonly string[]
  /** When the doubt began. */
  started: number
  fired: number | null
  resolved: number | null
  acknowledged: number | null
  /** When its state changes by itself; null: never. */
  due: number | null
  /** Since when it has been recovering. */
  well: number | null
  /** 1: on because the readings stay away, not for what they say. */
  noData: 0 | 1
  /** When people were last told that it is on; null: nobody was. */
  told: number | null
  /** How often people were told that it is on. */
  tellings: number
  /** Until when nobody is told of it; null: people are. */
  silenced: number | null
  /** The rule whose alert explains this one, so that nobody need be told. */
  inhibited: string | null
  /** 1: noticed only when the record came, and long over. */
  late: 1 | null
}

export type NewAlert = Omit<Alert, 'id'>

/** What is known of an alert when nothing else is said. */
const unsaid = {
  room: null,
  device: null,
  quantity: null,
  value: null,
  bound: null,
  window: null,
  text: null,
  message: null,
  channels: [] as readonly string[],
  fired: null,
  resolved: null,
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

/** An alert of which no more is known than this. */
export function newAlert(
  about: Pick<Alert, 'rule' | 'subject' | 'condition' | 'state' | 'severity' | 'started'> & Partial<Omit<Alert, 'id'>>,
): NewAlert {
  return { ...unsaid, ...about }
}
