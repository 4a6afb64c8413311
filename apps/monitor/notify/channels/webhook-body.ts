import { alertsWithoutRule, conditions } from '@hearthwatch/api/rule-bounds'
import { severities } from '@hearthwatch/api/severity'
import Type, { type Static } from 'typebox'
import type { Alert } from '../../rules/alert.ts'
import type { Content, SummaryRow as SummaryRowContent } from '../../store/notifications.ts'
import { conditionOf } from '../text/titles.ts'

const time = (description: string) => Type.Integer({ description: `ms since the epoch, UTC: ${description}` })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const severity = Type.Enum([...severities])

const AlertBody = Type.Object({
  id: Type.Integer({ description: 'the same from firing to resolved, and in the API' }),
  rule: Type.String(),
  title: Type.String({ description: 'of the rule, for people' }),
  condition: Type.Enum([...conditions, ...alertsWithoutRule], {
    description: 'the rule’s; or `message` for a sensor’s text, `broker` for the connection to the broker',
  }),
  room: nullable(Type.String({ description: 'its name in MQTT' })),
  roomName: nullable(Type.String({ description: 'its name for people' })),
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
  roomName: Type.String(),
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
    roomName: Type.String(),
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

/** The names for people of rooms and rules. */
export interface EventNames {
  room(room: string): string
  rule(alert: Alert): string
}

export const ids: EventNames = { room: (room) => room, rule: ({ rule }) => rule }

/** One event, without internal fields. */
export function eventOf(content: Content, names: EventNames): Static<typeof Event> {
  switch (content.kind) {
    case 'alert':
      return { type: 'alert', transition: content.transition, at: content.at, alert: alertOf(content.alert, names) }
    case 'late-alert':
      return { type: 'late-alert', at: content.at, alert: alertOf(content.alert, names) }
    case 'late-text': {
      const { room, text, count, first, last } = content
      return { type: 'late-text', room, roomName: names.room(room), text, count, first, last }
    }
    case 'summary': {
      const { date, from, to, alerts = [], absent = [], missing = [], undelivered = [] } = content
      const rooms = content.rooms.map((row) => summaryRowOf(row, names))
      return { type: 'summary', date, from, to, rooms, alerts: alerts.map((alert) => alertOf(alert, names)), absent, missing, undelivered }
    }
  }
}

function summaryRowOf({ room, quantity, last, min, mean, max, count }: SummaryRowContent, names: EventNames): Static<typeof SummaryRow> {
  return { room, roomName: names.room(room), quantity, last, min, mean, max, count }
}

function alertOf(alert: Alert, names: EventNames): Static<typeof AlertBody> {
  const { id, rule, room, device, quantity, severity, value, bound: limit, text, started, fired, resolved, ended = null } = alert
  const who = { id, rule, title: names.rule(alert), condition: conditionOf(alert), room, roomName: room && names.room(room), device }
  return { ...who, quantity, severity, value, limit, text, started, fired, resolved, ended }
}
