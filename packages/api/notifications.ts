import Type, { type Static } from 'typebox'
import { count, nullable, severity, time } from './fields.ts'
import { Localized } from './localized.ts'

const kind = Type.Enum(['alert', 'late-alert', 'late-text', 'summary', 'test'], {
  description: '`late-…`: became known after it had ended',
})

/** A message to one recipient, which may be about several alerts. */
export const Notification = Type.Object({
  id: Type.Integer({ description: 'of the first of its items' }),
  channel: Type.String(),
  state: Type.Enum(['pending', 'sent', 'failed']),
  severity,
  kind,
  room: nullable(Type.String({ description: 'null: none, or several' })),
  attempts: count,
  created: time,
  sent: nullable(time),
  held: nullable(Type.Integer({ description: 'ms: end of the quiet hours that delay it; null: not delayed' })),
  subject: nullable(Type.String()),
  error: nullable(Type.String({ description: 'of the last failure, in `UI_LANGUAGE`' })),
  errorWords: nullable(Localized),
  about: Type.Array(
    Type.Object({
      kind,
      transition: nullable(Type.Enum(['firing', 'repeat', 'resolved'])),
      room: nullable(Type.String()),
      rule: nullable(Type.String()),
      title: nullable(Type.String({ description: 'of the rule, for people' })),
      alert: nullable(Type.Integer({ description: 'the id of the alert' })),
    }),
    { description: 'the alerts and texts in this message, oldest first' },
  ),
})
export type Notification = Static<typeof Notification>
