import { quantityOf } from '@hearthwatch/protocol'
import type { Zone } from '../localtime.ts'
import type { Alert } from '../store/alerts.ts'
import type { Content, SummaryRow } from '../store/notifications.ts'
import { createFigures } from './figures.ts'
import type { Language } from './language.ts'
import { type Block, type Fact, layHtml, layText, type Page } from './page.ts'
import { foreign, plainly } from './text.ts'
import { english } from './words.en.ts'
import { traditionalChinese } from './words.zh-TW.ts'

const languages = { en: english, 'zh-TW': traditionalChinese }

export interface WordsOptions {
  language: keyof typeof languages
  timeZone: Zone
  /** Address of the page, for the link. */
  publicUrl?: string | undefined
}

export interface Words {
  /** One message that tells all of this, oldest first. */
  message(contents: readonly Content[]): { subject: string; text: string; html: string }
  /** The last step of this alert, in one sentence. */
  sentence(alert: Alert): string
}

type AlertContent = Extract<Content, { kind: 'alert' }>
type Summary = Extract<Content, { kind: 'summary' }>

/** How many of several titles fit into a subject, and how long a stranger's text may be there. */
const titlesInSubject = 3
const textInTitle = 80
const longest = 500

/** Puts what happened into words. */
export function createWords({ language, timeZone, publicUrl }: WordsOptions): Words {
  const say: Language = languages[language]
  const { moment, date, duration, figure, value, quantity, zone } = createFigures(say, timeZone)

  /** Where it is: the room, else the device, else the rule. */
  function place({ room, device, rule }: Alert): string {
    return foreign(room ?? device ?? rule)
  }

  function alertTitle({ transition, alert, at }: AlertContent): string {
    const { titles } = say
    const firing = transition === 'firing'
    const room = place(alert)
    const device = alert.device === null ? '' : foreign(alert.device)
    const measured = value(alert.value, alert.quantity)
    const lasted = duration(at - alert.started)
    switch (alert.rule) {
      case 'too-hot': {
        // Ended by something else than a reading, it still shows the one that began it.
        const cool = alert.value !== null && alert.bound !== null && alert.value <= alert.bound
        return firing ? titles.tooHot(room, measured) : titles.notTooHot(room, cool ? measured : '', lasted)
      }
      case 'offline':
        return firing ? titles.offline(room, device) : titles.online(room, device, lasted)
      case 'message':
        return firing ? titles.said(room, foreign(alert.text ?? '', textInTitle)) : titles.saidNoMore(room, lasted)
      default:
        return firing ? titles.other(room, measured, foreign(alert.rule)) : titles.otherOver(room, measured, foreign(alert.rule), lasted)
    }
  }

  function alertFacts({ transition, alert, at }: AlertContent): Fact[] {
    const { labels } = say
    const { room, device, quantity: name, value: amount, bound, text, started } = alert
    const facts: Fact[] = []
    if (room !== null) facts.push([labels.room, foreign(room)])
    if (name !== null && amount !== null) facts.push([quantity(name), value(amount, name)])
    if (bound !== null) facts.push([labels.limit, value(bound, name)])
    if (device !== null) facts.push([labels.sensor, foreign(device)])
    if (text !== null) facts.push([labels.message, foreign(text, longest)])
    if (transition === 'firing') return [...facts, [labels.since, moment(started)]]
    return [...facts, [labels.from, moment(started)], [labels.until, moment(at)], [labels.lasted, duration(at - started)]]
  }

  function summaryBlocks({ from, to, rooms, alerts = [], more = 0 }: Summary): Block[] {
    const { labels } = say
    const line = (row: SummaryRow) => {
      const { unit } = quantityOf(row.quantity)
      const name = quantity(row.quantity)
      const figures = [row.last, row.min, row.mean, row.max].map((amount) => figure(amount, row.quantity))
      return [unit === '' ? name : say.withUnit(name, unit), ...figures]
    }
    const listed = alerts
      .map(lastStep)
      .sort((a, b) => a.at - b.at)
      .map((step): [string, string] => [moment(step.at), alertTitle(step)])
    return [
      { kind: 'line', text: say.span(moment(from), moment(to)) },
      {
        kind: 'table',
        head: [labels.quantity, labels.now, labels.lowest, labels.mean, labels.highest],
        groups: [...Map.groupBy(rooms, ({ room }) => room)].map(([room, rows]) => ({ title: foreign(room), rows: rows.map(line) })),
      },
      listed.length > 0 ? { kind: 'list', title: labels.alerts, items: listed } : { kind: 'line', text: labels.noAlerts },
      ...(more > 0 ? [{ kind: 'line', text: say.andMore(more) } as const] : []),
    ]
  }

  /** One thing on a page of its own. */
  function page(content: Content): Page {
    const { labels, titles } = say
    switch (content.kind) {
      case 'alert': {
        const blocks: Block[] = [{ kind: 'facts', facts: alertFacts(content) }]
        return { title: alertTitle(content), tone: content.transition === 'firing' ? 'alarm' : 'relief', blocks }
      }
      case 'late-alert': {
        const { alert } = content
        const began = alert.fired ?? alert.started
        const lasted = duration((alert.resolved ?? began) - began)
        const facts = alertFacts({ kind: 'alert', transition: 'resolved', alert, at: alert.resolved ?? began })
        const title = titles.lateAlert(place(alert), value(alert.value, alert.quantity), lasted)
        return { title, tone: 'calm', blocks: [{ kind: 'facts', facts }] }
      }
      case 'late-text': {
        const { room, text, count, first, last } = content
        const facts: Fact[] = [
          [labels.room, foreign(room)],
          [labels.message, foreign(text, longest)],
        ]
        if (count === 1) facts.push([labels.received, moment(last)])
        else facts.push([labels.received, say.times(count)], [labels.first, moment(first)], [labels.last, moment(last)])
        return { title: titles.lateText(foreign(room), foreign(text, textInTitle)), tone: 'alarm', blocks: [{ kind: 'facts', facts }] }
      }
      case 'summary':
        return { title: titles.summary(date(content.date)), tone: 'calm', blocks: summaryBlocks(content) }
    }
  }

  function timeOf(content: Content): number {
    switch (content.kind) {
      case 'alert':
        return content.at
      case 'late-alert':
        return content.alert.fired ?? content.at
      case 'late-text':
        return content.last
      case 'summary':
        return content.to
    }
  }

  function pageOfAll(contents: readonly Content[]): Page {
    const over = contents.every((content) => content.kind === 'alert' && content.transition === 'resolved')
    const all = contents.map((content): [string, string] => [moment(timeOf(content)), page(content).title])
    const shown = all.slice(0, titlesInSubject).map(([, title]) => title)
    const list = `${shown.join(say.semicolon)}${all.length > titlesInSubject ? `${say.semicolon}…` : ''}`
    const heading = over ? say.titles.severalOver(all.length) : say.titles.several(all.length)
    const title = `${heading}${say.colon}${list}`
    return { title, heading, tone: over ? 'relief' : 'alarm', blocks: [{ kind: 'list', items: all }] }
  }

  return {
    message(contents) {
      const [only] = contents
      const made = contents.length === 1 && only !== undefined ? page(only) : pageOfAll(contents)
      const frame = {
        language: say.tag,
        colon: say.colon,
        comma: say.comma,
        link: publicUrl,
        open: say.labels.open,
        footer: `Hearthwatch · ${say.zone(zone)}`,
      }
      return { subject: plainly(made.title), text: layText(made, frame), html: layHtml(made, frame) }
    },

    sentence: (alert) => plainly(alertTitle(lastStep(alert))),
  }
}

function lastStep(alert: Alert): AlertContent {
  const { resolved, fired, started } = alert
  return { kind: 'alert', transition: resolved === null ? 'firing' : 'resolved', alert, at: resolved ?? fired ?? started }
}
