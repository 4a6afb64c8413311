import { isBattery } from '@hearthwatch/api/battery'
import { quantityOf } from '@hearthwatch/protocol'
import type { Alert } from '../../rules/alert.ts'
import type { Content, SummaryRow } from '../../store/notifications.ts'
import type { Figures } from './figures.ts'
import type { Language } from './language.ts'
import type { Naming } from './naming.ts'
import type { Block, Page } from './page.ts'
import { foreign } from './text.ts'
import type { AlertContent, createTitles } from './titles.ts'

type Summary = Extract<Content, { kind: 'summary' }>

/** Most batteries that are named. */
const mostBatteries = 8

/** Page of the daily summary: alerts, sensors and batteries first, then the rooms. */
export function createSummaryPages(say: Language, figures: Figures, titles: ReturnType<typeof createTitles>, naming: Naming) {
  const { labels } = say
  const { figure, value, quantity, moment, date, duration, count, size } = figures

  function line(row: SummaryRow, hasChange: boolean): string[] {
    const { unit } = quantityOf(row.quantity)
    const name = quantity(row.quantity)
    const figures = [row.last, row.min, row.mean, row.max].map((amount) => figure(amount, row.quantity))
    return [unit === '' ? name : say.withUnit(name, unit), ...figures, ...(hasChange ? [changeOf(row)] : [])]
  }

  /** The difference to the day before, with its sign; empty: unknown. */
  function changeOf({ quantity, mean, before }: SummaryRow): string {
    if (before === undefined) return ''
    const amount = figure(Math.abs(mean - before), quantity)
    return Number(amount) === 0 ? '±0' : `${mean > before ? '+' : '−'}${amount}`
  }

  /** The charge of each battery, the lowest first. */
  function batteriesOf(rows: readonly SummaryRow[]): [string, string][] {
    return rows
      .filter(({ quantity }) => isBattery(quantity))
      .sort((a, b) => a.last - b.last)
      .map(({ room, quantity, last }) => [naming.room(room), value(last, quantity)])
  }

  function roomOf(room: string, rows: readonly SummaryRow[], hasChange: boolean) {
    const silent = Math.max(...rows.map(({ silent = 0 }) => silent))
    return {
      title: naming.room(room),
      rows: rows.map((row) => line(row, hasChange)),
      note: silent === 0 ? undefined : say.silent(duration(silent)),
    }
  }

  return (summary: Summary): Page => {
    const { from, to, rooms, alerts = [], more = 0, absent = [], missing = [], undelivered = [], budgets = [], alive } = summary
    const listed = alerts
      .map(lastStep)
      .sort((a, b) => a.at - b.at)
      .map((step): [string, string] => [moment(step.at), titles.alert(step)])
    const missed = absent.map((one): [string, string] => [
      moment(one.seen),
      say.absent(one.room === null ? '' : naming.room(one.room), one.device === null ? '' : foreign(one.device)),
    ])
    const lost = missing.map((one): [string, string] => ['', say.lost(foreign(one.device), count(one.count))])
    const failed = undelivered.map((one): [string, string] => ['', say.undelivered(foreign(one.channel), count(one.count))])
    const batteries = batteriesOf(rooms)
    const named = batteries.slice(0, mostBatteries).map(([room, charge]) => say.counts.battery(room, charge))
    const hasChange = rooms.some(({ before }) => before !== undefined)
    const groups = [...Map.groupBy(rooms, ({ room }) => room)].map(([room, rows]) => roomOf(room, rows, hasChange))
    const head = [labels.quantity, labels.now, labels.lowest, labels.mean, labels.highest, ...(hasChange ? [labels.change] : [])]
    const blocks: Block[] = [
      { kind: 'line', text: say.span(moment(from), moment(to)) },
      listed.length > 0 ? { kind: 'list', title: labels.alerts, items: listed } : { kind: 'line', text: labels.noAlerts },
      ...(more > 0 ? [{ kind: 'line', text: say.andMore(more) } as const] : []),
      ...(missed.length > 0 ? [{ kind: 'list', title: labels.absent, items: missed } as const] : []),
      ...(named.length > 0 ? [{ kind: 'line', text: `${labels.batteries}${say.colon}${named.join(say.comma)}` } as const] : []),
      ...(lost.length > 0 ? [{ kind: 'list', title: labels.missing, items: lost } as const] : []),
      ...(failed.length > 0 ? [{ kind: 'list', title: labels.undelivered, items: failed } as const] : []),
      ...(groups.length > 0 ? [{ kind: 'table', head, groups } as const] : []),
      ...(hasChange ? [{ kind: 'line', text: say.changeNote } as const] : []),
      ...budgets.map((one) => ({ kind: 'line', text: say.spent(foreign(one.channel), count(one.used), count(one.perMonth)) }) as const),
      ...(alive ? [{ kind: 'line', text: say.alive(duration(alive.uptime), count(alive.readings), size(alive.size)) } as const] : []),
    ]
    const preview = [
      say.counts.alerts(alerts.length + more),
      ...(absent.length > 0 ? [say.counts.absent(absent.length)] : []),
      ...named.slice(0, 1).map((battery) => `${labels.batteries}${say.colon}${battery}`),
    ].join(' · ')
    return { title: say.titles.summary(date(summary.date)), tone: 'calm', preview, blocks }
  }
}

/** The last transition of an alert. */
export function lastStep(alert: Alert): AlertContent {
  const { resolved, fired, started } = alert
  return { kind: 'alert', transition: resolved === null ? 'firing' : 'resolved', alert, at: resolved ?? fired ?? started }
}
