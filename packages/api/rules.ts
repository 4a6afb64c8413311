import Type, { type Static } from 'typebox'
import { name, nullable, time } from './fields.ts'
import { Rule } from './rule.ts'

/** A rule as the API lists it. */
export const ListedRule = Type.Object({
  ...Rule.properties,
  title: Type.String({ description: 'its name for people; of a built-in rule in `UI_LANGUAGE`' }),
  builtIn: Type.Boolean({ description: 'can be changed and disabled, not removed' }),
  changed: nullable(Type.Integer({ description: 'ms since the epoch, UTC: last change; null: as built in' })),
})
export type ListedRule = Static<typeof ListedRule>

/** A rule in a request; omitted fields get their defaults. `readRule` validates it and names every wrong field. */
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
      started: Type.Integer({ description: 'ms: start of the pending state' }),
      fired: Type.Integer({ description: 'ms' }),
      resolved: nullable(Type.Integer({ description: 'ms; null: not resolved within the span' })),
      value: nullable(
        Type.Number({ description: 'the reading that made it fire, for rises and falls by how much it did; null: none came' }),
      ),
      limit: nullable(Type.Number({ description: 'the limit that was crossed; null: readings stayed away' })),
    }),
    { description: 'in the order of their start' },
  ),
  more: Type.Integer({ minimum: 0, description: 'number of further alerts' }),
  messages: Type.Integer({
    minimum: 0,
    description: 'number of messages to each recipient if nobody acknowledges: for each alert the first, its reminders and the end',
  }),
  readings: Type.Integer({ minimum: 0, description: 'number of evaluated readings' }),
  complete: Type.Boolean({ description: 'false: too many readings for one back-test; request a shorter span or fewer rooms' }),
})
export type BackTest = Static<typeof BackTest>
