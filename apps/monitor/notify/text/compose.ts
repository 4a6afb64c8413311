import { byImportance } from '@hearthwatch/protocol'
import { hour } from '@hearthwatch/protocol/durations'
import type { Alert } from '../../rules/alert.ts'
import type { Devices } from '../../store/devices.ts'
import type { Budget, Content } from '../../store/notifications.ts'
import type { Readings, SeriesName } from '../../store/readings/readings.ts'
import type { AcknowledgeLinks } from '../acknowledge-link.ts'
import type { Message } from '../channels/channel.ts'
import type { LastHeard } from './alert-page.ts'
import { type Chart, columns, drawChart } from './chart.ts'
import { conditionOf, isWithinLimit } from './titles.ts'
import type { Words } from './words.ts'

/** Shortest and longest span of the chart; between them it begins an hour before the alert. ms */
const shortest = 3 * hour
const longest = 24 * hour
/** Readings of this time count as current. ms */
const recent = hour / 4
/** Most last values of a sensor. */
const mostValues = 6

/** Input of a message. */
export interface Draft {
  /** The message's UUID. */
  id: string
  contents: readonly Content[]
  /** Time of composing. ms */
  at: number
  /** True if quiet hours held it back. */
  wasHeld: boolean
  /** The budget, if the message must warn of it. */
  budget: Budget | null
  /** True: without chart and current values, which are read from the database. */
  isBare?: boolean
}

export type ComposedMessage = Pick<Message, 'subject' | 'text' | 'html' | 'link' | 'acknowledge' | 'view' | 'token' | 'contents' | 'names'>
export type Compose = (draft: Draft) => ComposedMessage

export interface ComposeOptions {
  words: Words
  /** For the chart and for last values; default: none. */
  readings?: Pick<Readings, 'range'> & Partial<Pick<Readings, 'latest'>>
  /** For the last message of a sensor; default: unknown. */
  devices?: Pick<Devices, 'get'>
  /** Address of the page; default: no links. */
  publicUrl?: string | undefined
  links?: AcknowledgeLinks
}

/** Composes messages: text, chart and links. */
export function composer({ words, readings, devices, publicUrl, links }: ComposeOptions): Compose {
  const base = baseOf(publicUrl)

  function chartOf([only, ...others]: readonly Content[], at: number): Chart | undefined {
    if (readings === undefined || only?.kind !== 'alert' || others.length > 0) return undefined
    const { room, quantity, device, started, fired, value } = only.alert
    if (room === null || quantity === null) return undefined
    const { from, points } = lastHours({ room, quantity, device: device ?? undefined, to: at }, started)
    const condition = conditionOf(only.alert)
    const isOfLevel = condition === 'above' || condition === 'below'
    // The reading that fired the alert may not be stored yet, if its batch has not arrived.
    if (only.transition !== 'resolved' && value !== null && fired !== null && isOfLevel)
      points.push([Math.min(fired, at), value, value, value, 1])
    const drawn = drawChart(points, {
      quantity,
      from,
      to: at,
      extreme: condition === 'below' || condition === 'falls' ? 'low' : 'high',
      // The chart of a resolved alert must not end above the limit.
      now: only.transition === 'resolved' && isOfLevel && isWithinLimit(only.alert) ? value : null,
      limit: limitOf(only.alert),
    })
    return drawn ?? undefined
  }

  /** The readings before and during an alert. If there are only minutes of readings, the span begins with the first one. */
  function lastHours(series: Omit<Parameters<Readings['range']>[0], 'from'>, started: number) {
    const pointsFrom = (from: number) => (readings?.range({ ...series, from }, 2 * columns).points ?? []).slice()
    let from = Math.max(series.to - longest, Math.min(series.to - shortest, started - hour))
    let points = pointsFrom(from)
    // Twice, because a first bucket may begin minutes before its first reading.
    for (let look = 0; look < 2; look += 1) {
      const [first = from] = points[0] ?? []
      if (first - from <= (2 * (series.to - from)) / columns) break
      from = first
      points = pointsFrom(from)
    }
    return { from, points }
  }

  /** For an alert about missing readings or messages: the last ones. */
  function lastHeardOf([only, ...others]: readonly Content[], at: number): LastHeard | undefined {
    if (only?.kind !== 'alert' || only.transition === 'resolved' || others.length > 0) return undefined
    const { room, device, noData } = only.alert
    const condition = conditionOf(only.alert)
    if (condition !== 'offline' && condition !== 'silent' && noData !== 1) return undefined
    const isOfSensor = (name: SeriesName) => name.device === device && (device !== null || name.room === room)
    const values = readings?.latest?.(at, isOfSensor) ?? []
    return {
      seen: devices?.get(device ?? `/${room}`)?.seen ?? null,
      values: values.toSorted((a, b) => byImportance(a.quantity, b.quantity)).slice(0, mostValues),
    }
  }

  /** A repeat gets the current value if that is still beyond the limit. */
  function withCurrentValue(content: Content, at: number): Content {
    if (readings === undefined || content.kind !== 'alert' || content.transition !== 'repeat') return content
    const { room, quantity, device, bound } = content.alert
    const condition = conditionOf(content.alert)
    if (room === null || quantity === null || bound === null || (condition !== 'above' && condition !== 'below')) return content
    const { points } = readings.range({ room, quantity, device: device ?? undefined, from: at - recent, to: at }, columns)
    const [, , value = Number.NaN] = points.at(-1) ?? []
    const isBeyond = condition === 'above' ? value > bound : value < bound
    return isBeyond ? { ...content, alert: { ...content.alert, value } } : content
  }

  return ({ id, contents, at, wasHeld, budget, isBare = false }) => {
    const alerts = contents.filter((content) => content.kind === 'alert')
    const isFiring = alerts.some(({ transition }) => transition !== 'resolved')
    const view = viewOf(contents)
    const token = isFiring && links ? links.token(id, at) : null
    const link = base && `${base.href}${view}`
    const acknowledge = base && token && new URL(`a/${token}`, base).href
    return {
      ...words.message(isBare ? contents : contents.map((content) => withCurrentValue(content, at)), {
        chart: isBare ? undefined : chartOf(contents, at),
        last: isBare ? undefined : lastHeardOf(contents, at),
        link,
        acknowledge,
        wasHeld,
        budget,
      }),
      link,
      acknowledge,
      view,
      token,
      contents,
      names: words.names,
    }
  }
}

function limitOf(alert: Alert): Chart['limit'] {
  const condition = conditionOf(alert)
  return { above: condition === 'above' ? alert.bound : null, below: condition === 'below' ? alert.bound : null }
}

/** Address of the page; null without PUBLIC_URL. */
export const pageOf = (publicUrl: string | undefined): string | null => baseOf(publicUrl)?.href ?? null

/** PUBLIC_URL as the address of a folder, without query and fragment. */
function baseOf(publicUrl: string | undefined): URL | null {
  const base = publicUrl === undefined ? null : URL.parse(publicUrl)
  if (base === null) return null
  base.search = base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}

/** The most specific view, relative to the page. */
function viewOf([only, ...others]: readonly Content[]): string {
  if (only === undefined || only.kind === 'summary') return ''
  const room = only.kind === 'late-text' ? only.room : only.alert.room
  return others.length > 0 || room === null ? '#/alerts' : `#/room/${encodeURIComponent(room.toWellFormed())}`
}
