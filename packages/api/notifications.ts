import Type, { type Static } from 'typebox'
import { count, nullable, severity, time } from './fields.ts'

export const Notification = Type.Object({
  id: Type.Integer(),
  channel: Type.String(),
  state: Type.Enum(['pending', 'sent', 'failed']),
  severity,
  kind: Type.Enum(['alert', 'late-alert', 'late-text', 'summary'], {
    description: '`late-…`: became known after it had ended',
  }),
  room: nullable(Type.String()),
  attempts: count,
  created: time,
  sent: nullable(time),
  held: nullable(Type.Integer({ description: 'ms: end of the quiet hours that delay it; null: not delayed' })),
  subject: nullable(Type.String()),
  error: nullable(Type.String()),
})
export type Notification = Static<typeof Notification>
