import { Readings, ReadingsQuery, Summary, SummaryQuery } from '@hearthwatch/api/history'
import { quantityOf } from '@hearthwatch/protocol'
import { day } from '@hearthwatch/protocol/durations'
import { dayBounds, localDate, type Zone } from '../../localtime.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError } from '../http/errors.ts'

/** Readings without a time get free milliseconds, so the last of a burst are slightly in the future. ms */
const burst = 1000

export function addHistory(app: App, store: Store, zone: Zone, now: () => number): void {
  app.get(
    '/api/readings',
    {
      schema: {
        summary: 'One quantity of one room over time, default the last 24 h',
        querystring: ReadingsQuery,
        response: { 200: Readings },
      },
    },
    ({ query: { room, quantity, device, points = 500, ...span } }, reply) => {
      // A browser may cache a chart, and revalidates it with each request.
      reply.header('cache-control', 'private, no-cache')
      const { from, to } = spanOf(span, now())
      const unit = quantityOf(quantity).unit
      return { room, quantity, unit, ...store.readings.range({ room, quantity, from, to, device }, points) }
    },
  )

  app.get(
    '/api/summary',
    {
      schema: {
        summary: 'The content of the daily mail: the last 24 h, or one local day',
        querystring: SummaryQuery,
        response: { 200: Summary },
      },
    },
    ({ query }) => {
      const date = query.date ?? localDate(now(), zone)
      const { from, to } = query.date === undefined ? { from: now() - day, to: now() + burst } : bounds(date, zone)
      const rooms = store.readings.summary(from, to).map((row) => ({ ...row, unit: quantityOf(row.quantity).unit }))
      return { date, from, to, rooms }
    },
  )
}

/** The requested time span, by default the last 24 h. @throws FieldError if it ends before it begins */
export function spanOf({ from, to }: { from?: number | undefined; to?: number | undefined }, now: number): { from: number; to: number } {
  const span = { from: from ?? Math.max(0, (to ?? now) - day), to: to ?? now + burst }
  if (span.from >= span.to) throw new FieldError('from must be before to', [{ field: 'from', problem: 'wrong-order' }])
  return span
}

function bounds(date: string, zone: Zone): { from: number; to: number } {
  try {
    return dayBounds(date, zone)
  } catch {
    throw new FieldError(`date: ${date} is not in the calendar`, [{ field: 'date', problem: 'wrong-format' }])
  }
}
