import Type from 'typebox'
import { Rule as WholeRule } from '../../rules/rule.ts'
import { id, name, nullable, time } from './fields.ts'

export const Rule = Type.Object({
  ...WholeRule.properties,
  builtIn: Type.Boolean({ description: 'there without anybody’s doing: can be changed and switched off, not removed' }),
  changed: nullable(Type.Integer({ description: 'ms since the epoch, UTC: when it was written; null: it is as built in' })),
})

/** What is asked for; the answer to a mistake names every field that is wrong, so the schema itself refuses nothing. */
export const RuleBody = Type.Object({ ...Type.Partial(WholeRule).properties, condition: WholeRule.properties.condition })

export const RuleParams = Type.Object({ name: name('the rule') })

export const BackTestBody = Type.Object(
  {
    rule: Type.Unknown({ description: 'a rule, as for PUT; without a name, too' }),
    from: Type.Optional(time),
    to: Type.Optional(time),
  },
  { additionalProperties: false },
)

export const BackTest = Type.Object({
  alerts: Type.Array(
    Type.Object({
      room: Type.String(),
      device: nullable(Type.String()),
      quantity: Type.String(),
      started: Type.Integer({ description: 'ms: when the doubt began' }),
      fired: Type.Integer({ description: 'ms' }),
      resolved: nullable(Type.Integer({ description: 'ms; null: not within the span' })),
      value: nullable(
        Type.Number({ description: 'the reading that made it fire, for rises and falls by how much it did; null: none came' }),
      ),
      limit: nullable(Type.Number({ description: 'the limit that was crossed; null: readings stayed away' })),
    }),
    { description: 'in the order in which they began' },
  ),
  more: Type.Integer({ minimum: 0, description: 'alerts that there would have been besides these' }),
  readings: Type.Integer({ minimum: 0, description: 'how many readings were judged' }),
  complete: Type.Boolean({ description: 'false: there are more readings than are judged at once; ask for a shorter span or fewer rooms' }),
})

export const Silence = Type.Object({
  id: Type.Integer(),
  room: nullable(Type.String({ description: 'null: every room' })),
  rule: nullable(Type.String({ description: 'null: every rule' })),
  from: time,
  until: time,
  comment: Type.String(),
})

export const SilenceBody = Type.Object(
  {
    room: Type.Optional(nullable(name('where; default: everywhere'))),
    rule: Type.Optional(nullable(name('which rule; default: every one'))),
    until: Type.Integer({ description: 'ms since the epoch, UTC: when it ends by itself, within a year' }),
    comment: Type.Optional(nullable(Type.String({ maxLength: 500, description: 'for people' }))),
  },
  { additionalProperties: false },
)

export const SilenceParams = Type.Object({ id })
