import Type, { type Static } from 'typebox'
import { count, nullable } from './fields.ts'
import { Localized } from './localized.ts'

export const Channel = Type.Object({
  name: Type.String(),
  kind: Type.String({ description: 'the service: `mail`, `ntfy`, …' }),
  recipients: Type.Integer({ minimum: 0, description: 'number of recipients; their addresses are not shown' }),
  paused: Type.Boolean({ description: 'sends nothing until its settings are corrected' }),
  error: nullable(Type.String({ description: 'the current error in `UI_LANGUAGE`; null: none' })),
  errorWords: nullable(Localized),
  quiet: Type.Boolean({ description: 'it has quiet hours now' }),
  budget: nullable(Type.Object({ perMonth: count, used: count }, { description: 'messages of this calendar month' })),
})
export type Channel = Static<typeof Channel>

export const ChannelParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64, description: 'the channel' }) })

export const ChannelTest = Type.Union([
  Type.Object({ ok: Type.Literal(true) }),
  Type.Object({ ok: Type.Literal(false), error: Type.String({ description: 'in `UI_LANGUAGE`' }), errorWords: Localized }),
])
export type ChannelTest = Static<typeof ChannelTest>
