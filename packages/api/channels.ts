import Type, { type Static } from 'typebox'
import { count, nullable } from './fields.ts'

export const Channel = Type.Object({
  name: Type.String(),
  kind: Type.String({ description: 'the service: `mail`, `ntfy`, …' }),
  recipients: Type.Integer({ minimum: 0, description: 'how many; who they are stays here' }),
  paused: Type.Boolean({ description: 'nothing goes out until a person puts its settings right' }),
  error: nullable(Type.String({ description: 'what it suffers from, in plain words; null: nothing' })),
  quiet: Type.Boolean({ description: 'these are its quiet hours' }),
  budget: nullable(Type.Object({ perMonth: count, used: count }, { description: 'messages of this calendar month' })),
})
export type Channel = Static<typeof Channel>

export const ChannelParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64, description: 'the channel' }) })

export const ChannelTest = Type.Union([
  Type.Object({ ok: Type.Literal(true) }),
  Type.Object({ ok: Type.Literal(false), error: Type.String({ description: 'why it did not get through, in plain words' }) }),
])
export type ChannelTest = Static<typeof ChannelTest>
