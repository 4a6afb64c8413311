import { conditions } from '@hearthwatch/api/rule-bounds'
import { severities } from '@hearthwatch/api/severity'
import Type, { type Static } from 'typebox'
import type { Alert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import { conditionOf } from '../text/titles.ts'

const time = (description: string) => Type.Integer({ description: `ms since the epoch, UTC: ${description}` })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const severity = Type.Enum([...severities])

const AlertBody = Type.Object({
  id: Type.Integer({ description: 'the same from firing to resolved, and in the API' }),
  rule: Type.String(),
  condition: Type.Enum([...conditions, 'message', 'broker', 'flood'], {
    description: 'the rule’s; or `message` for a sensor’s text, `broker` for the connection to the broker',
  }),
  room: nullable(Type.String()),
  device: nullable(Type.String()),
  quantity: nullable(Type.String()),
  severity,
  value: nullable(Type.Number({ description: 'in the quantity’s unit' })),
  limit: nullable(Type.Number({ description: 'the limit that was crossed' })),
  text: nullable(Type.String({ description: 'a sensor’s text, unchanged' })),
  started: time('start'),
  fired: nullable(time('since when it fires')),
  resolved: nullable(time('when it resolved')),
  ended: nullable(Type.String({ description: 'why it ended although its condition was not over, such as `rule-off`' })),
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
    at: time('of this transition'),
    alert: AlertBody,
  }),
  Type.Object({ type: Type.Literal('late-alert'), at: time('when it became known'), alert: AlertBody }),
  Type.Object({
    type: Type.Literal('late-text'),
    room: Type.String(),
    text: Type.String(),
    count: Type.Integer({ description: 'how often it was received' }),
    first: time('received first'),
    last: time('received last'),
  }),
  Type.Object({
    type: Type.Literal('summary'),
    date: Type.String({ description: 'local, as 2026-11-23' }),
    from: time('of the span'),
    to: time('of the span'),
    rooms: Type.Array(SummaryRow),
    alerts: Type.Array(AlertBody),
    absent: Type.Array(Type.Object({ room: nullable(Type.String()), device: nullable(Type.String()), seen: time('last message') })),
    missing: Type.Array(Type.Object({ device: Type.String(), count: Type.Integer({ description: 'lost readings' }) })),
    undelivered: Type.Array(Type.Object({ channel: Type.String(), count: Type.Integer({ description: 'messages that were given up' }) })),
  }),
])

/** The body of a webhook. New fields and event types may be added; `version` changes if an existing one changes. */
export const WebhookBody = Type.Object({
  version: Type.Literal(1),
  id: Type.String({ description: 'a UUID; the same on each attempt, so that a duplicate can be recognised' }),
  severity,
  subject: Type.String({ description: 'one line of text' }),
  text: Type.String({ description: 'the whole text, in `UI_LANGUAGE`' }),
  link: nullable(Type.String({ description: 'the page' })),
  acknowledge: nullable(Type.String({ description: 'POST to this address acknowledges the alerts' })),
  events: Type.Array(Event, { description: 'the same for programs' }),
})
export type WebhookBody = Static<typeof WebhookBody>

/** One event, without internal fields. */
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
  const { id, rule, room, device, quantity, severity, value, bound: limit, text, started, fired, resolved, ended = null } = alert
  const what = { id, rule, condition: conditionOf(alert), room, device, quantity, severity, value, limit, text }
  return { ...what, started, fired, resolved, ended }
}
