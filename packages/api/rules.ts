import Type, { type Static } from 'typebox'
import { name, nullable, time } from './fields.ts'
import { Rule } from './rule.ts'

/** A rule as the API lists it. */
export const ListedRule = Type.Object({
  ...Rule.properties,
  builtIn: Type.Boolean({ description: 'there without anybody’s doing: can be changed and switched off, not removed' }),
  changed: nullable(Type.Integer({ description: 'ms since the epoch, UTC: when it was written; null: it is as built in' })),
})
export type ListedRule = Static<typeof ListedRule>

/** A rule as it is written; what is left out has its default. The error names every wrong field, so the schema itself refuses nothing. */
export const RuleBody = Type.Object({ ...Type.Partial(Rule).properties, condition: Rule.properties.condition })
export type RuleBody = Static<typeof RuleBody>

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
export type BackTest = Static<typeof BackTest>
