import Type, { type Static } from 'typebox'
import { count, nullable, time } from './fields.ts'
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
  source: Type.Enum(['env', 'page'], { description: '`env`: of SMTP_URL or NOTIFY_URLS, read only here; `page`: made on the page' }),
  muted: nullable({ ...time, description: 'ms: since when it gets no messages; null: it gets them' }),
})
export type Channel = Static<typeof Channel>

export const ChannelParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64, description: 'the channel' }) })

export const ChannelTest = Type.Union([
  Type.Object({ ok: Type.Literal(true) }),
  Type.Object({ ok: Type.Literal(false), error: Type.String({ description: 'in `UI_LANGUAGE`' }), errorWords: Localized }),
])
export type ChannelTest = Static<typeof ChannelTest>

export const ChannelField = Type.Object({
  name: Type.String(),
  label: Localized,
  hint: nullable(Localized),
  example: nullable(Type.String()),
  preset: nullable(Type.String({ description: 'the value of a new channel' })),
  choices: nullable(Type.Array(Type.Object({ value: Type.String(), label: Localized }))),
  optional: Type.Boolean(),
  secret: Type.Boolean({ description: 'it can be written, never read' }),
  more: Type.Boolean({ description: 'few people need it' }),
})
export type ChannelField = Static<typeof ChannelField>

export const ChannelKind = Type.Object({
  kind: Type.String(),
  title: Localized,
  steps: Type.Array(
    Type.Object({
      text: Localized,
      picture: Type.Partial(Type.Object({ en: Type.String(), 'zh-TW': Type.String() }), { description: 'file of the page' }),
    }),
    { description: 'the way to the tokens of the service' },
  ),
  fields: Type.Array(ChannelField),
  browser: Type.Boolean({ description: 'a browser fills it in when a person subscribes there with the key of `/api/push-key`' }),
})
export type ChannelKind = Static<typeof ChannelKind>

export const PushKey = Type.Object({ key: Type.String({ description: 'public key of the house (VAPID), base64url' }) })
export type PushKey = Static<typeof PushKey>

export const KindParams = Type.Object({ kind: Type.String({ minLength: 1, maxLength: 32, description: 'the kind of channel' }) })

export const ChannelPreview = Type.Object({
  title: nullable(Type.String({ description: 'null: the service shows none' })),
  text: Type.String(),
  html: nullable(Type.String({ description: 'null: the service shows the text' })),
  buttons: Type.Array(Type.String(), { description: 'labels of the buttons below the text' }),
})
export type ChannelPreview = Static<typeof ChannelPreview>

const fields = Type.Record(Type.String({ maxLength: 32 }), nullable(Type.String({ maxLength: 2000 })), {
  maxProperties: 40,
  description: 'values by field; null or an empty text: none',
})

export const NewChannel = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, description: 'its name in rules and on the page' }),
    kind: Type.String({ maxLength: 32 }),
    fields,
  },
  { additionalProperties: false },
)
export type NewChannel = Static<typeof NewChannel>

export const ChangedChannel = Type.Object({ fields }, { additionalProperties: false })
export const Muting = Type.Object({ muted: Type.Boolean() }, { additionalProperties: false })

export const FilledForm = Type.Object({
  name: Type.String(),
  kind: Type.String(),
  fields: Type.Record(Type.String(), Type.String(), { description: 'values without the secrets' }),
  secrets: Type.Array(Type.String(), { description: 'the secrets that are set' }),
})
export type FilledForm = Static<typeof FilledForm>
