import Type, { type Static } from 'typebox'
import type { Alert } from '../../store/alerts.ts'
import type { Content } from '../../store/notifications.ts'

const time = (description: string) => Type.Integer({ description: `ms since the epoch, UTC: ${description}` })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const severity = Type.Enum(['info', 'warning', 'critical'])

const AlertBody = Type.Object({
  id: Type.Integer({ description: 'the same from firing to resolved, and in the API' }),
  rule: Type.String(),
  room: nullable(Type.String()),
  device: nullable(Type.String()),
  quantity: nullable(Type.String()),
  severity,
  value: nullable(Type.Number({ description: 'in the quantity’s unit' })),
  limit: nullable(Type.Number({ description: 'that was crossed' })),
  text: nullable(Type.String({ description: 'what a sensor said, word for word' })),
  started: time('first noticed'),
  fired: nullable(time('an alert since')),
  resolved: nullable(time('over since')),
})

const SummaryRow = Type.Object({
  room: Type.String(),
  quantity: Type.String(),
  last: Type.Number(),
  min: Type.Number(),
  mean: Type.Number(),
  max: Type.Number(),
  count: Type.Integer({ description: 'readings' }),
})

const Event = Type.Union([
  Type.Object({
    type: Type.Literal('alert'),
    transition: Type.Enum(['firing', 'repeat', 'resolved']),
    at: time('of this step'),
    alert: AlertBody,
  }),
  Type.Object({ type: Type.Literal('late-alert'), at: time('when it became known'), alert: AlertBody }),
  Type.Object({
    type: Type.Literal('late-text'),
    room: Type.String(),
    text: Type.String(),
    count: Type.Integer({ description: 'how often it was said' }),
    first: time('said first'),
    last: time('said last'),
  }),
  Type.Object({
    type: Type.Literal('summary'),
    date: Type.String({ description: 'local, as 2026-11-23' }),
    from: time('of the span'),
    to: time('of the span'),
    rooms: Type.Array(SummaryRow),
    alerts: Type.Array(AlertBody),
  }),
])

/** What a webhook gets. New fields and new types of events may come; `version` changes where one of these does. */
export const WebhookBody = Type.Object({
  version: Type.Literal(1),
  id: Type.String({ description: 'a UUID; the same on each try, so that a second one is recognised' }),
  severity,
  subject: Type.String({ description: 'one line, for people' }),
  text: Type.String({ description: 'all of it, for people, in `UI_LANGUAGE`' }),
  link: nullable(Type.String({ description: 'the page' })),
  acknowledge: nullable(Type.String({ description: 'POST here acknowledges' })),
  events: Type.Array(Event, { description: 'the same, for programs' }),
})
export type WebhookBody = Static<typeof WebhookBody>

/** One thing that is told, without what concerns nobody outside. */
export function eventOf(content: Content): Static<typeof Event> {
  switch (content.kind) {
    case 'alert':
      return { type: 'alert', transition: content.transition, at: content.at, alert: alertOf(content.alert) }
    case 'late-alert':
      return { type: 'late-alert', at: content.at, alert: alertOf(content.alert) }
    case 'late-text': {
      const { room, text, count, first, last } = content
      return { type: 'late-text', room, text, count, first, last }
    }
    case 'summary': {
      const { date, from, to, alerts = [] } = content
      const rooms = content.rooms.map(({ room, quantity, last, min, mean, max, count }) => ({
        room,
        quantity,
        last,
        min,
        mean,
        max,
        count,
      }))
      return { type: 'summary', date, from, to, rooms, alerts: alerts.map(alertOf) }
    }
  }
}

function alertOf({
  id,
  rule,
  room,
  device,
  quantity,
  severity,
  value,
  bound,
  text,
  started,
  fired,
  resolved,
}: Alert): Static<typeof AlertBody> {
  return { id, rule, room, device, quantity, severity, value, limit: bound, text, started, fired, resolved }
}
