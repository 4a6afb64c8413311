import type { Alert } from '../../rules/alert.ts'
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

/** Pages for one transition of an alert: room, value, limit, start. */
export function createAlertPages(say: Language, figures: Figures, titles: ReturnType<typeof createTitles>, naming: Naming) {
  const { labels } = say
  const { value, quantity, moment, clock, duration } = figures

  function facts({ transition, alert, at }: AlertContent): Fact[] {
    const { room, device, quantity: name, value: amount, text, started } = alert
    const condition = conditionOf(alert)
    const isSlope = condition === 'rises' || condition === 'falls'
    const facts: Fact[] = []
    if (room !== null) facts.push([labels.room, naming.room(room)])
    if (name !== null && amount !== null && !isSlope && alert.noData !== 1) facts.push([quantity(name), value(amount, name, alert.bound)])
    if (alert.bound !== null) facts.push(limit(alert, condition))
    if (device !== null) facts.push([labels.sensor, foreign(device)])
    if (text !== null) facts.push([labels.message, foreign(text, longest)])
    facts.push([labels.rule, naming.rule(alert)])
    const lasted: Fact = [labels.lasted, duration(at - started)]
    if (transition === 'resolved') return [...facts, [labels.from, moment(started)], [labels.until, moment(at)], lasted]
    return [...facts, [labels.since, moment(started)], ...(transition === 'repeat' ? [lasted] : [])]
  }

  /** A resolved alert without the value and text of the time when it fired, which would look current. */
  function withoutOldValue(alert: Alert): Alert {
    return { ...alert, value: isWithinLimit(alert) ? alert.value : null, text: conditionOf(alert) === 'message' ? alert.text : null }
  }

  function limit({ bound, quantity: name, window }: Alert, condition: Alert['condition']): Fact {
    const amount = value(bound, name, bound)
    if (condition === 'rises' || condition === 'falls') return [labels.limit, say.within(amount, duration(window ?? 0))]
    return [condition === 'below' ? labels.lower : labels.upper, amount]
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
    return [{ kind: 'chart', chart, title, from: clock(from), to: clock(to) }]
  }

  /** The message of the rule, if the title does not contain all of it. */
  function ownMessage({ message }: Alert, title: string): Block[] {
    const own = message?.[say.tag]
    return own === undefined || title.includes(foreign(own, longest)) ? [] : [{ kind: 'line', text: foreign(own, longest) }]
  }

  return {
    alert(content: AlertContent, chart?: Chart): Page {
      const { transition, alert } = content
      const title = titles.alert(content)
      const tone = transition === 'resolved' ? (alert.ended ? 'calm' : 'resolved') : alert.severity === 'critical' ? 'alarm' : 'warning'
      const own = transition === 'resolved' ? [] : ownMessage(alert, title)
      const about = facts(transition === 'resolved' ? { ...content, alert: withoutOldValue(alert) } : content)
      return { title, tone, blocks: [...own, { kind: 'facts', facts: about }, ...chartOf(chart)] }
    },

    lateAlert({ alert }: Extract<Content, { kind: 'late-alert' }>): Page {
      const at = alert.resolved ?? alert.fired ?? alert.started
      const about = facts({ kind: 'alert', transition: 'resolved', alert, at })
      return { title: titles.lateAlert(alert), tone: 'calm', blocks: [{ kind: 'facts', facts: about }] }
    },

    lateText({ room, text, count, first, last }: Extract<Content, { kind: 'late-text' }>): Page {
      const facts: Fact[] = [
        [labels.room, naming.room(room)],
        [labels.message, foreign(text, longest)],
      ]
      if (count === 1) facts.push([labels.received, moment(last)])
      else facts.push([labels.received, say.times(count)], [labels.first, moment(first)], [labels.last, moment(last)])
      return { title: say.titles.lateText(naming.room(room), foreign(text, 80)), tone: 'warning', blocks: [{ kind: 'facts', facts }] }
    },
  }
}
