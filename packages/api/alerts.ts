import Type, { type Static } from 'typebox'
import { id, name, nullable, severity, time } from './fields.ts'
import { RuleMessage } from './rule.ts'
import { conditions } from './rule-bounds.ts'

const state = Type.Enum(['pending', 'firing', 'recovering', 'resolved'])

export const Alert = Type.Object({
  id: Type.Integer(),
  rule: Type.String(),
  condition: Type.Enum([...conditions, 'message', 'broker'], {
    description:
      'what is the matter; of `outside` the side that was crossed; `message`: a foreign sensor says so; `broker`: our own link is down',
  }),
  room: nullable(Type.String()),
  device: nullable(Type.String()),
  quantity: nullable(Type.String()),
  state,
  severity,
  value: nullable(Type.Number({ description: 'of `rises` and `falls` the amount' })),
  limit: nullable(Type.Number({ description: 'that was crossed' })),
  window: nullable(Type.Number({ description: 'ms: within which it rose or fell' })),
  started: time,
  fired: nullable(time),
  resolved: nullable(time),
  acknowledged: nullable(time),
  silenced: nullable(Type.Integer({ description: 'ms: until when nobody is told of it' })),
  inhibited: nullable(Type.String({ description: 'the rule whose alert explains this one' })),
  tellings: Type.Integer({ minimum: 0, description: 'how often people were told that it is on' }),
  noData: Type.Boolean({ description: 'on because readings stay away, not for what they say' }),
  late: Type.Boolean({ description: 'noticed only when it was over' }),
  text: nullable(Type.String({ description: 'what a foreign sensor said' })),
  words: nullable(RuleMessage),
  message: Type.String({ description: 'a sentence for people, in `UI_LANGUAGE`' }),
})
export type Alert = Static<typeof Alert>

export const AlertsQuery = Type.Object({
  state: Type.Optional(state),
  room: Type.Optional(name('only here')),
  rule: Type.Optional(name('only by this rule')),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'an alert: only older ones' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1000, description: 'at most so many' })),
})

export const AlertParams = Type.Object({ id })
