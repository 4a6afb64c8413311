import Type, { type Static } from 'typebox'
import { id, name, nullable, severity, time } from './fields.ts'
import { RuleMessage } from './rule.ts'
import { alertsWithoutRule, conditions } from './rule-bounds.ts'

const state = Type.Enum(['pending', 'firing', 'recovering', 'resolved'])

/** Why an alert ended although its condition was not over. */
export const endings = ['rule-off', 'rule-removed', 'rule-changed', 'forgotten', 'moved'] as const
export type Ending = (typeof endings)[number]

export const Alert = Type.Object({
  id: Type.Integer(),
  rule: Type.String(),
  title: Type.String({ description: 'of the rule, for people; of a built-in rule in `UI_LANGUAGE`' }),
  condition: Type.Enum([...conditions, ...alertsWithoutRule], {
    description:
      'of the rule; for `outside` the side that was crossed; `message`: a text of a foreign sensor; `broker`: the monitor has no connection to the broker; `deaf`: the broker accepts the monitor and delivers nothing on the topics in `text`; `certificate`: that of the broker ends on the date in `text`; `backup`: the last one failed for the reason in `text`; `disk`: it is as full as `text` says, or soon will be',
  }),
  room: nullable(Type.String()),
  device: nullable(Type.String()),
  quantity: nullable(Type.String()),
  state,
  severity,
  value: nullable(
    Type.Number({ description: 'the reading that raised it; once resolved, the one that resolved it; for `rises` and `falls` the amount' }),
  ),
  peak: nullable(
    Type.Number({ description: 'the value that was furthest beyond the limit; null for `rises`, `falls` and alerts without a limit' }),
  ),
  limit: nullable(Type.Number({ description: 'that was crossed' })),
  window: nullable(Type.Number({ description: 'ms: within which it rose or fell' })),
  started: time,
  fired: nullable(time),
  resolved: nullable(time),
  ended: nullable(
    Type.Enum([...endings], {
      description:
        'null: its condition was over; else its rule was switched off, removed or changed, its room or device was forgotten, or another device has its topic',
    }),
  ),
  acknowledged: nullable(time),
  silenced: nullable(Type.Integer({ description: 'ms: end of the silence' })),
  inhibited: nullable(Type.String({ description: 'the rule whose alert inhibits this one' })),
  tellings: Type.Integer({ minimum: 0, description: 'number of notifications while it was firing' }),
  noData: Type.Boolean({ description: 'firing because readings are missing' }),
  late: Type.Boolean({ description: 'noticed after it had resolved' }),
  text: nullable(Type.String({ description: 'the text of a foreign sensor' })),
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

export const AcknowledgeBody = Type.Object({ ids: Type.Array(id, { minItems: 1, maxItems: 1000 }) }, { additionalProperties: false })
