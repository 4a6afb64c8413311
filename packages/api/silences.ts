import Type, { type Static } from 'typebox'
import { id, name, nullable, time } from './fields.ts'

export const Silence = Type.Object({
  id: Type.Integer(),
  room: nullable(Type.String({ description: 'null: every room' })),
  rule: nullable(Type.String({ description: 'null: every rule' })),
  from: time,
  until: time,
  comment: Type.String(),
})
export type Silence = Static<typeof Silence>

export const SilenceBody = Type.Object(
  {
    room: Type.Optional(nullable(name('where; default: everywhere'))),
    rule: Type.Optional(nullable(name('which rule; default: every one'))),
    until: Type.Integer({ description: 'ms since the epoch, UTC: when it ends by itself, within a year' }),
    comment: Type.Optional(nullable(Type.String({ maxLength: 500, description: 'for people' }))),
  },
  { additionalProperties: false },
)
export type SilenceBody = Static<typeof SilenceBody>

export const SilenceParams = Type.Object({ id })
