import { compareSeverity } from '@hearthwatch/api/severity'
import type { Alert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import { type AlertContent, conditionOf } from './titles.ts'

export type DigestItem = Exclude<Content, { kind: 'summary' }>

/** The items of a digest, by what a person does with them. */
export interface DigestGroups {
  /** Firing alerts by kind, the most severe kind and in it the worst alert first. */
  firing: { heading: string; items: AlertContent[] }[]
  resolved: AlertContent[]
  /** Alerts that ended although their condition was not over. */
  ended: AlertContent[]
  late: DigestItem[]
}

/** @param headingOf the kind of an alert in words */
export function groupsOf(items: readonly DigestItem[], headingOf: (alert: Alert) => string): DigestGroups {
  const alerts = items.filter((item): item is AlertContent => item.kind === 'alert')
  const firing = Map.groupBy(
    alerts.filter(({ transition }) => transition !== 'resolved'),
    ({ alert }) => headingOf(alert),
  )
  const groups = [...firing].map(([heading, all]) => ({ heading, items: all.toSorted((a, b) => byWorst(a.alert, b.alert)) }))
  const most = ({ items }: { items: AlertContent[] }) =>
    items.map(({ alert }) => alert.severity).reduce((a, b) => (compareSeverity(a, b) > 0 ? a : b))
  const over = alerts.filter(({ transition }) => transition === 'resolved')
  return {
    firing: groups.toSorted((a, b) => compareSeverity(most(b), most(a)) || b.items.length - a.items.length),
    resolved: over.filter(({ alert }) => !alert.ended),
    ended: over.filter(({ alert }) => alert.ended),
    late: items.filter(({ kind }) => kind !== 'alert'),
  }
}

/** The alert that is furthest beyond its limit first; without values the oldest. */
function byWorst(a: Alert, b: Alert): number {
  const [first, second] = [a.value, b.value]
  if (first === null || second === null || first === second) return a.started - b.started
  const isLowWorse = conditionOf(a) === 'below'
  return isLowWorse ? first - second : second - first
}

/** The last transition of each alert; a repeat is dropped if the message also contains the start. */
export function latestSteps(contents: readonly Content[]): DigestItem[] {
  const latest = new Map<string, DigestItem>()
  for (const [i, content] of contents.entries()) {
    if (content.kind === 'summary') continue
    const key = content.kind === 'alert' ? `alert ${content.alert.id}` : `${i}`
    const before = latest.get(key)
    const isRedundant =
      content.kind === 'alert' && content.transition === 'repeat' && before?.kind === 'alert' && before.transition === 'firing'
    if (!isRedundant) latest.set(key, content)
  }
  return [...latest.values()]
}
