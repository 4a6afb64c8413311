import { hour } from '@hearthwatch/protocol/durations'
import type { Alert } from '../../rules/alert.ts'
import type { Budget, Content } from '../../store/notifications.ts'
import type { Readings } from '../../store/readings/readings.ts'
import type { AcknowledgeLinks } from '../acknowledge-link.ts'
import type { Message } from '../channels/channel.ts'
import { type Chart, columns, drawChart } from './chart.ts'
import { conditionOf, isWell } from './titles.ts'
import type { Words } from './words.ts'

/** The chart goes back so far, and an hour before the alert began, ms. */
const shortest = 3 * hour
const longest = 24 * hour
/** What was measured since then is "now", ms. */
const recent = hour / 4

/** What a message needs to be written. */
export interface Draft {
  /** The message's UUID. */
  id: string
  contents: readonly Content[]
  /** When it is written, ms. */
  at: number
  /** Quiet hours held it back. */
  wasHeld: boolean
  /** What its channel has to say of its budget. */
  budget: Budget | null
  /** Without what has to be looked up: the chart, and values of now. */
  isBare?: boolean
}

export type ComposedMessage = Pick<Message, 'subject' | 'text' | 'html' | 'link' | 'acknowledge' | 'contents'>
export type Compose = (draft: Draft) => ComposedMessage

export interface ComposeOptions {
  words: Words
  /** For the chart; default: there is none. */
  readings?: Pick<Readings, 'range'>
  /** Where people reach the page; default: there are no links. */
  publicUrl?: string | undefined
  links?: AcknowledgeLinks
}

/** Writes messages: the words, the last hours as a chart, and the links. */
export function composer({ words, readings, publicUrl, links }: ComposeOptions): Compose {
  const base = baseOf(publicUrl)

  function chartOf([only, ...others]: readonly Content[], at: number): Chart | undefined {
    if (readings === undefined || only?.kind !== 'alert' || others.length > 0) return undefined
    const { room, quantity, device, started, fired, value } = only.alert
    if (room === null || quantity === null) return undefined
    const { from, points } = lastHours({ room, quantity, device: device ?? undefined, to: at }, started)
    const condition = conditionOf(only.alert)
    const isOfLevel = condition === 'above' || condition === 'below'
    // What made it fire may stand in no row yet: the record brings it later.
    if (only.transition !== 'resolved' && value !== null && fired !== null && isOfLevel)
      points.push([Math.min(fired, at), value, value, value, 1])
    const drawn = drawChart(points, {
      quantity,
      from,
      to: at,
      extreme: condition === 'below' || condition === 'falls' ? 'low' : 'high',
      // The last minutes of an alert that is over must not look like one that is on.
      now: only.transition === 'resolved' && isOfLevel && isWell(only.alert) ? value : null,
      limit: limitOf(only.alert),
    })
    return drawn ?? undefined
  }

  /** What was measured before and in an alert; of a house that is minutes old these minutes, and not the hours before it. */
  function lastHours(series: Omit<Parameters<Readings['range']>[0], 'from'>, started: number) {
    const pointsFrom = (from: number) => (readings?.range({ ...series, from }, 2 * columns).points ?? []).slice()
    let from = Math.max(series.to - longest, Math.min(series.to - shortest, started - hour))
    let points = pointsFrom(from)
    // A first bucket may begin minutes before its first reading, hence twice.
    for (let look = 0; look < 2; look += 1) {
      const [first = from] = points[0] ?? []
      if (first - from <= (2 * (series.to - from)) / columns) break
      from = first
      points = pointsFrom(from)
    }
    return { from, points }
  }

  /** What is told again is told with the value of now, where that still says the same. */
  function renewed(content: Content, at: number): Content {
    if (readings === undefined || content.kind !== 'alert' || content.transition !== 'repeat') return content
    const { room, quantity, device, bound } = content.alert
    const condition = conditionOf(content.alert)
    if (room === null || quantity === null || bound === null || (condition !== 'above' && condition !== 'below')) return content
    const { points } = readings.range({ room, quantity, device: device ?? undefined, from: at - recent, to: at }, columns)
    const [, , value = Number.NaN] = points.at(-1) ?? []
    const isStill = condition === 'above' ? value > bound : value < bound
    return isStill ? { ...content, alert: { ...content.alert, value } } : content
  }

  return ({ id, contents, at, wasHeld, budget, isBare = false }) => {
    const alerts = contents.filter((content) => content.kind === 'alert')
    const isOn = alerts.some(({ transition }) => transition !== 'resolved')
    const link = base && addressOf(base, contents)
    const acknowledge = base && isOn && links ? new URL(`a/${links.token(id, at)}`, base).href : null
    return {
      ...words.message(isBare ? contents : contents.map((content) => renewed(content, at)), {
        chart: isBare ? undefined : chartOf(contents, at),
        link,
        acknowledge,
        wasHeld,
        budget,
      }),
      link,
      acknowledge,
      contents,
    }
  }
}

function limitOf(alert: Alert): Chart['limit'] {
  const condition = conditionOf(alert)
  return { above: condition === 'above' ? alert.bound : null, below: condition === 'below' ? alert.bound : null }
}

/** The page's address as a folder, whatever somebody has put behind it. */
function baseOf(publicUrl: string | undefined): URL | null {
  const base = publicUrl === undefined ? null : URL.parse(publicUrl)
  if (base === null) return null
  base.search = base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}

/** The view that shows most of it. */
function addressOf(base: URL, [only, ...others]: readonly Content[]): string {
  if (only === undefined || only.kind === 'summary') return base.href
  const room = only.kind === 'late-text' ? only.room : only.alert.room
  return others.length > 0 || room === null ? `${base.href}#/alerts` : `${base.href}#/room/${encodeURIComponent(room.toWellFormed())}`
}
