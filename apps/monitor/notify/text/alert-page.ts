import { isLowBattery } from '@hearthwatch/api/battery'
import type { Alert, AlertCondition } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import type { Chart } from './chart.ts'
import type { Figures } from './figures.ts'
import type { Language } from './language.ts'
import type { Naming } from './naming.ts'
import type { Block, Fact, Page } from './page.ts'
import { foreign } from './text.ts'
import { type AlertContent, conditionOf, type createTitles, isWithinLimit } from './titles.ts'

/** Longest text of a sensor or a rule in the facts. */
const longest = 500

/** The label of an alert’s text, where it is not a message. */
const textLabels: Partial<Record<AlertCondition, 'topics' | 'until' | 'disk'>> = { deaf: 'topics', certificate: 'until', disk: 'disk' }

/** The last message of a sensor, and its last values. */
export interface LastHeard {
  /** ms */
  seen: number | null
  values: readonly { quantity: string; value: number; time: number }[]
}

/** Pages for one transition of an alert: room, value, limit, start. */
export function createAlertPages(say: Language, figures: Figures, titles: ReturnType<typeof createTitles>, naming: Naming) {
  const { labels, preview } = say
  const { value, quantity, moment, clock, duration } = figures

  function facts({ transition, alert, at }: AlertContent, last: LastHeard | undefined): Fact[] {
    const { room, device, quantity: name, value: amount, text, started } = alert
    const condition = conditionOf(alert)
    const isSlope = condition === 'rises' || condition === 'falls'
    const facts: Fact[] = []
    if (room !== null) facts.push([labels.room, naming.room(room)])
    if (name !== null && amount !== null && !isSlope && alert.noData !== 1) facts.push([quantity(name), value(amount, name, alert.bound)])
    if (transition === 'resolved') facts.push(...peak(alert))
    if (alert.bound !== null) facts.push(limit(alert, condition))
    if (device !== null) facts.push([labels.sensor, foreign(device)])
    if (last?.seen != null) facts.push([labels.seen, moment(last.seen)])
    if (last !== undefined && last.values.length > 0) facts.push([labels.lastValues, lastValues(last)])
    if (text !== null) facts.push([labels[textLabels[condition] ?? 'message'], foreign(text, longest)])
    facts.push([labels.rule, naming.rule(alert)])
    const lasted: Fact = [labels.lasted, duration(at - started)]
    if (transition === 'resolved') return [...facts, [labels.from, moment(started)], [labels.until, moment(at)], lasted]
    return [...facts, [labels.since, moment(started)], ...(transition === 'repeat' ? [lasted] : [])]
  }

  /** A resolved alert without the value and text of the time when it fired, which would look current. */
  function withoutOldValue(alert: Alert): Alert {
    return { ...alert, value: isWithinLimit(alert) ? alert.value : null, text: conditionOf(alert) === 'message' ? alert.text : null }
  }

  function peak({ peak = null, bound, condition, quantity: name }: Alert): Fact[] {
    return peak === null ? [] : [[condition === 'below' ? labels.trough : labels.peak, value(peak, name, bound)]]
  }

  const lastValues = ({ values }: LastHeard) =>
    values.map((one) => `${quantity(one.quantity)} ${value(one.value, one.quantity)}`).join(say.comma)

  function limit({ bound, quantity: name, window }: Alert, condition: Alert['condition']): Fact {
    const amount = value(bound, name, bound)
    if (condition === 'rises' || condition === 'falls') return [labels.limit, say.within(amount, duration(window ?? 0))]
    return [condition === 'below' ? labels.lower : labels.upper, amount]
  }

  /** The words beside the subject in the list of a mail program. */
  function previewOf({ transition, alert, at }: AlertContent, chart: Chart | undefined, last: LastHeard | undefined): string {
    const { bound, quantity: name, started } = alert
    const parts: string[] = []
    if (transition === 'resolved') parts.push(...peak(alert).map((fact) => fact.join(' ')), preview.span(clock(started), clock(at)))
    else {
      if (bound !== null) parts.push(preview.limit(value(bound, name, bound)))
      parts.push(preview.since(clock(started)))
      if (chart?.trend) parts.push(say.trends[chart.trend])
      if (last?.seen != null) parts.push(preview.seen(clock(last.seen)))
      if (last !== undefined) parts.push(lastValues(last))
    }
    return parts.filter(Boolean).join(' · ')
  }

  function chartOf(chart: Chart | undefined): Block[] {
    if (chart === undefined) return []
    const { from, to, limit } = chart
    const [name, low, high] = [
      quantity(chart.quantity),
      value(chart.lowest, chart.quantity, limit.below),
      value(chart.highest, chart.quantity, limit.above),
    ]
    const title = low === high ? `${name}${say.colon}${low}` : say.between(name, low, high)
    const bound = limit.above ?? limit.below
    const end = (amount: number) => value(amount, chart.quantity)
    return [
      {
        kind: 'chart',
        chart,
        title,
        from: clock(from),
        to: clock(to),
        ends: [end(chart.axis.low), end(chart.axis.high)],
        limit: bound === null ? '' : preview.limit(value(bound, chart.quantity, bound)),
      },
    ]
  }

  /** The message of the rule, if the title does not contain all of it. */
  function ownMessage({ message }: Alert, title: string): Block[] {
    const own = message?.[say.tag]
    return own === undefined || title.includes(foreign(own, longest)) ? [] : [{ kind: 'line', text: foreign(own, longest) }]
  }

  /** Advice, and when the next reminder comes. */
  function whatNow({ alert, next }: AlertContent, last: LastHeard | undefined): Block[] {
    const condition = conditionOf(alert)
    const battery = last?.values.find(({ quantity, value }) => isLowBattery(quantity, value))
    const advice: Partial<Record<AlertCondition, string>> = {
      ...say.advice,
      offline: say.advice.offline(battery === undefined ? '' : value(battery.value, 'battery')),
    }
    const lines = [advice[alert.noData === 1 ? 'silent' : condition], next === undefined ? undefined : say.reminder(duration(next))]
    return lines.flatMap((text) => (text === undefined ? [] : [{ kind: 'line', text }]))
  }

  return {
    alert(content: AlertContent, { chart, last }: { chart?: Chart | undefined; last?: LastHeard | undefined } = {}): Page {
      const { transition, alert } = content
      const title = titles.alert(content)
      const isOver = transition === 'resolved'
      const tone = isOver ? (alert.ended ? 'calm' : 'resolved') : alert.severity === 'critical' ? 'alarm' : 'warning'
      const about = facts(isOver ? { ...content, alert: withoutOldValue(alert) } : content, isOver ? undefined : last)
      return {
        title,
        tone,
        preview: previewOf(content, chart, last),
        blocks: [
          ...(isOver ? [] : ownMessage(alert, title)),
          { kind: 'facts', facts: about },
          ...(isOver ? [] : whatNow(content, last)),
          ...chartOf(chart),
        ],
      }
    },

    lateAlert({ alert }: Extract<Content, { kind: 'late-alert' }>): Page {
      const at = alert.resolved ?? alert.fired ?? alert.started
      const content = { kind: 'alert', transition: 'resolved', alert, at } as const
      return {
        title: titles.lateAlert(alert),
        tone: 'calm',
        preview: previewOf(content, undefined, undefined),
        blocks: [{ kind: 'facts', facts: facts(content, undefined) }],
      }
    },

    lateText({ room, text, count, first, last }: Extract<Content, { kind: 'late-text' }>): Page {
      const facts: Fact[] = [
        [labels.room, naming.room(room)],
        [labels.message, foreign(text, longest)],
      ]
      if (count === 1) facts.push([labels.received, moment(last)])
      else facts.push([labels.received, say.times(count)], [labels.first, moment(first)], [labels.last, moment(last)])
      const title = say.titles.lateText(naming.room(room), foreign(text, 80))
      return { title, tone: 'warning', preview: `${labels.received} ${moment(last)}`, blocks: [{ kind: 'facts', facts }] }
    },
  }
}
