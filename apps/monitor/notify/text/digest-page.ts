import { day, minute } from '@hearthwatch/protocol/durations'
import type { Alert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import { type DigestItem, groupsOf, latestSteps } from './digest-groups.ts'
import type { Figures } from './figures.ts'
import type { Language } from './language.ts'
import type { Naming } from './naming.ts'
import type { ItemRow, Page } from './page.ts'
import { foreign } from './text.ts'
import { type AlertContent, conditionOf, type createTitles } from './titles.ts'

/** Most groups or titles in a subject, and places in the preview. */
const mostNamed = 3
/** More rows than this are only counted, beside the link to all of them. Gmail cuts a mail at 102 KB. */
const mostRows = 50
/** Within this span times are shown without the date. ms */
const halfDay = day / 2

/** Pages for several items in one message. */
export function createDigestPages(
  say: Language,
  { moment, clock, duration, count }: Figures,
  titles: ReturnType<typeof createTitles>,
  naming: Naming,
) {
  function titleOf(content: DigestItem): string {
    switch (content.kind) {
      case 'alert':
        return titles.alert(content)
      case 'late-alert':
        return titles.lateAlert(content.alert)
      case 'late-text':
        return say.titles.lateText(naming.room(content.room), foreign(content.text, 80))
    }
  }

  const placeOf = (content: DigestItem) => (content.kind === 'late-text' ? naming.room(content.room) : titles.place(content.alert))

  /** Alerts of one kind in a few words, the worst first. */
  function several(alerts: readonly AlertContent[]): string {
    const [worst] = alerts
    if (worst === undefined) return ''
    const places = new Set(alerts.map(({ alert }) => alert.room ?? alert.device))
    if (places.size === 1) return titleOf(worst)
    const amount = titles.measured(worst.alert)
    return titles
      .phraseOf(worst.alert)
      .several(count(places.size), amount === '' ? null : { place: titles.place(worst.alert), value: amount })
  }

  function rowOf(content: DigestItem, when: (ms: number) => string): ItemRow {
    if (content.kind === 'late-text') return [naming.room(content.room), foreign(content.text, 80), when(content.last)]
    const { alert } = content
    const place = titles.place(alert)
    const phrase = titles.phraseOf(alert)
    if (content.kind === 'late-alert') {
      const what = [phrase.heading, titles.measured(alert)].filter(Boolean).join(say.comma)
      return [place, what, when(alert.fired ?? alert.started)]
    }
    if (content.transition !== 'resolved') return [place, shown(alert), when(alert.started)]
    if (alert.ended) return [place, say.ended[alert.ended](phrase.on, naming.rule(alert)), when(content.at)]
    const what = [phrase.heading, titles.measured(alert, true)].filter(Boolean).join(' → ')
    const lasted = content.at - alert.started
    return [place, what, say.lasted(duration(lasted < minute ? lasted : Math.round(lasted / minute) * minute))]
  }

  /** The value of a firing alert, else the words that tell it from others of its group. */
  function shown(alert: Alert): string {
    const amount = titles.measured(alert)
    if (amount !== '') return amount
    const isAboutDevice = alert.noData === 1 || ['offline', 'silent', 'flood'].includes(conditionOf(alert))
    return isAboutDevice && alert.device !== null ? foreign(alert.device) : titles.phraseOf(alert).on
  }

  return (contents: readonly Content[], wasHeld: boolean): Page => {
    const items = latestSteps(contents)
    const { firing, resolved, ended, late } = groupsOf(items, (alert) => titles.phraseOf(alert).heading)
    const [only, ...others] = firing
    const isOneKind = only !== undefined && only.items.length === items.length && others.length === 0
    const heading = wasHeld ? say.titles.quiet(items.length, resolved.length) : say.titles.several(items.length, resolved.length)
    const isFew = items.length <= mostNamed
    const named = firing.length > 0 ? firing.map((group) => several(group.items)) : items.map(isFew ? titleOf : placeOf)
    const gap = firing.length > 0 || isFew ? say.semicolon : say.comma
    const list = `${named.slice(0, mostNamed).join(gap)}${named.length > mostNamed ? `${gap}…` : ''}`
    const times = items.map(timeOf)
    const [first, last] = [Math.min(...times), Math.max(...times)]
    const when = last - first < halfDay ? clock : moment
    const groups = [
      ...firing.map((group) => ({ title: group.heading, items: group.items })),
      { title: say.labels.late, items: late },
      { title: say.labels.ended, items: ended },
      { title: say.labels.resolved, items: resolved },
    ].filter((group) => group.items.length > 0)
    let left = mostRows
    const rows = groups.map(({ title, items }) => {
      const listed = items.slice(0, left)
      left -= listed.length
      return { title: items.length === 1 ? title : `${title} · ${count(items.length)}`, rows: listed.map((item) => rowOf(item, when)) }
    })
    const more = items.length - mostRows
    const isUrgent = firing.some(({ items }) => items.some(({ alert }) => alert.severity === 'critical'))
    const isOver = firing.length === 0 && items.every(({ kind }) => kind !== 'late-text')
    const span = clock(first) === clock(last) ? clock(first) : say.preview.span(when(first), when(last))
    const places = groups
      .flatMap(({ items }): DigestItem[] => items)
      .slice(0, mostNamed)
      .map((item) => rowOf(item, when).slice(0, 2).join(' '))
    return {
      title: isOneKind && !wasHeld ? several(only.items) : `${heading}${say.colon}${list}`,
      ...(isOneKind && !wasHeld ? {} : { heading }),
      tone: isOver ? (resolved.length === items.length ? 'resolved' : 'calm') : isUrgent ? 'alarm' : 'warning',
      preview: `${span} · ${places.join(say.comma)}`,
      linksFirst: true,
      blocks: [
        { kind: 'rows', head: [say.labels.room, say.labels.value, say.labels.time], groups: rows.filter(({ rows }) => rows.length > 0) },
        ...(more > 0 ? [{ kind: 'line', text: say.andMore(more) } as const] : []),
      ],
    }
  }
}

function timeOf(content: DigestItem): number {
  switch (content.kind) {
    case 'alert':
      return content.transition === 'resolved' ? content.at : content.alert.started
    case 'late-alert':
      return content.alert.fired ?? content.at
    case 'late-text':
      return content.last
  }
}
