import { conditions } from '@hearthwatch/api/rule-bounds'
import Type, { type Static } from 'typebox'
import type { Alert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import { conditionOf } from '../text/titles.ts'

const time = (description: string) => Type.Integer({ description: `ms since the epoch, UTC: ${description}` })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const severity = Type.Enum(['info', 'warning', 'critical'])

const AlertBody = Type.Object({
  id: Type.Integer({ description: 'the same from firing to resolved, and in the API' }),
  rule: Type.String(),
  condition: Type.Enum([...conditions, 'message', 'broker'], {
    description: 'the rule’s; or a sensor’s sentence, or the link to the broker',
  }),
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
    absent: Type.Array(Type.Object({ room: nullable(Type.String()), device: nullable(Type.String()), seen: time('last sign of life') })),
    missing: Type.Array(
      Type.Object({ device: Type.String(), count: Type.Integer({ description: 'readings of its record that are lost' }) }),
    ),
    undelivered: Type.Array(Type.Object({ channel: Type.String(), count: Type.Integer({ description: 'messages that were given up' }) })),
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
      const { date, from, to, alerts = [], absent = [], missing = [], undelivered = [] } = content
      const rooms = content.rooms.map(({ room, quantity, last, min, mean, max, count }) => ({
        room,
        quantity,
        last,
        min,
        mean,
        max,
        count,
      }))
      return { type: 'summary', date, from, to, rooms, alerts: alerts.map(alertOf), absent, missing, undelivered }
    }
  }
}

function alertOf(alert: Alert): Static<typeof AlertBody> {
  const { id, rule, room, device, quantity, severity, value, bound: limit, text, started, fired, resolved } = alert
  return { id, rule, condition: conditionOf(alert), room, device, quantity, severity, value, limit, text, started, fired, resolved }
}
