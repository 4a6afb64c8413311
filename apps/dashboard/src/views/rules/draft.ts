import type { Rule } from '@hearthwatch/api/rule'
import type { Condition } from '@hearthwatch/api/rule-bounds'
import type { RuleBody } from '@hearthwatch/api/rules'
import { differenceFromShown, differenceToShown, fromShown, toShown } from '../../words/numbers.ts'
import { titleOf } from '../../words/rule-title.ts'
import { unitOf } from '../../words/units.ts'

/** A rule in the form: in the degrees of this page, times in minutes. */
export interface Draft {
  /** Its id; of a new rule the one of its template. */
  name: string
  title: string
  enabled: boolean
  condition: Condition
  quantity: string
  rooms: string
  /** The limit, the lower limit, or the amount of a change. */
  low: string
  high: string
  window: string
  for: string
  severity: Rule['severity']
  recover: string
  keepFiringFor: string
  noData: Rule['noData']
  repeat: string
  channels: readonly string[]
  en: string
  zh: string
}

export const needsLimit = (condition: Condition) => condition !== 'silent' && condition !== 'offline'
export const isChange = (condition: Condition) => condition === 'rises' || condition === 'falls'

const text = (value: number | undefined) => (value === undefined ? '' : String(Math.round(value * 1e4) / 1e4))
const minutes = (seconds: number) => text(seconds / 60)

export function draftOf(rule: Rule): Draft {
  const unit = unitOf(rule.quantity ?? '')
  const shown = (value: number | undefined) =>
    value === undefined ? '' : text(isChange(rule.condition) ? differenceToShown(value, unit) : toShown(value, unit))
  const [low, high] = rule.limit === undefined ? [] : [rule.limit].flat()
  return {
    name: rule.name,
    title: rule.name === '' ? '' : titleOf(rule),
    enabled: rule.enabled,
    condition: rule.condition,
    quantity: rule.quantity ?? '',
    rooms: rule.rooms,
    low: shown(low),
    high: shown(high),
    window: rule.window === undefined ? '' : minutes(rule.window),
    for: minutes(rule.for),
    severity: rule.severity,
    recover: rule.recover === undefined ? '' : text(differenceToShown(rule.recover, unit)),
    keepFiringFor: minutes(rule.keepFiringFor),
    noData: rule.noData,
    repeat: rule.repeat.join(', '),
    channels: rule.channels,
    en: rule.message?.en ?? '',
    zh: rule.message?.['zh-TW'] ?? '',
  }
}

/** Removes the rounding errors of a conversion. */
const exact = (value: number) => Math.round(value * 1e6) / 1e6

/** The rule of the form. A field that is no number is sent as null or NaN, and the monitor refuses it by its name. */
export function bodyOf(draft: Draft): RuleBody {
  const { condition, quantity } = draft
  const unit = unitOf(quantity)
  const amount = (typed: string) => exact(isChange(condition) ? differenceFromShown(Number(typed), unit) : fromShown(Number(typed), unit))
  const seconds = (typed: string) => exact(Number(typed || 0) * 60)
  const isPair = condition === 'outside'
  const hasLimit = needsLimit(condition)
  const isTyped = draft.low !== '' && (!isPair || draft.high !== '')
  const limit = isPair ? ([amount(draft.low), amount(draft.high)] as [number, number]) : amount(draft.low)
  const message = { ...(draft.en.trim() && { en: draft.en.trim() }), ...(draft.zh.trim() && { 'zh-TW': draft.zh.trim() }) }
  const title = draft.title.trim()
  return {
    ...(title !== '' && { title }),
    enabled: draft.enabled,
    condition,
    rooms: draft.rooms.trim(),
    for: seconds(draft.for),
    keepFiringFor: seconds(draft.keepFiringFor),
    severity: draft.severity,
    repeat: draft.repeat
      .split(/[\s,，、]+/)
      .filter(Boolean)
      .map(Number),
    channels: [...draft.channels],
    ...(condition !== 'offline' && quantity !== '' && { quantity }),
    ...(hasLimit && isTyped && { limit }),
    ...(hasLimit && { noData: draft.noData }),
    ...(hasLimit && draft.recover !== '' && { recover: exact(differenceFromShown(Number(draft.recover), unit)) }),
    ...(isChange(condition) && draft.window !== '' && { window: seconds(draft.window) }),
    ...(Object.keys(message).length > 0 && { message }),
  }
}
