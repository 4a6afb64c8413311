import Type, { type Static } from 'typebox'
import { conditions, noDataChoices, ruleBounds, ruleLengths } from './rule-bounds.ts'
import { severities } from './severity.ts'

const seconds = (field: 'for' | 'keepFiringFor', description: string) =>
  Type.Number({ ...ruleBounds[field], default: 0, description: `s: ${description}` })

const text = Type.Optional(Type.String({ maxLength: ruleLengths.message }))

/** Words in both languages; where one is left out, the rule's default text is taken. */
export const RuleMessage = Type.Object({ en: text, 'zh-TW': text }, { additionalProperties: false })

/** As JSON Schema has written two numbers since 2020: a tuple of TypeBox is what it was before, and OpenAPI 3.1 has no such thing. */
const Pair = Type.Unsafe<[number, number]>({ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 })

/** When an alert fires, and how people are notified. The one shape of a rule: in the database, in the API and in `rules.json`. */
export const Rule = Type.Object(
  {
    name: Type.String({
      pattern: `^[A-Za-z0-9][A-Za-z0-9_.-]{0,${ruleLengths.name - 1}}$`,
      description: 'letters (a to z), digits, hyphens, underscores and dots',
    }),
    enabled: Type.Boolean({ default: true }),
    quantity: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9_]{0,31}$',
        description: 'what it is about; for `silent` every quantity where left out, for `offline` it has none',
      }),
    ),
    rooms: Type.String({
      minLength: 1,
      maxLength: ruleLengths.rooms,
      default: '*',
      description: 'which rooms: names separated by commas, `*` for any run of characters',
    }),
    condition: Type.Enum([...conditions]),
    limit: Type.Optional(
      Type.Union([Type.Number(), Pair], {
        description: 'in the quantity’s unit; `[lowest, highest]` for `outside`, the amount for `rises` and `falls`',
      }),
    ),
    window: Type.Optional(Type.Number({ ...ruleBounds.window, description: 's: within which it rises or falls by `limit`' })),
    recover: Type.Optional(
      Type.Number({
        ...ruleBounds.recover,
        description: 'how far back from the limit it is well again; default 1 °C, or 2 % of the limit',
      }),
    ),
    for: seconds('for', 'how long it must last before anybody is told; for `silent` how long nothing may come'),
    keepFiringFor: seconds('keepFiringFor', 'how long it must be well again before the alert is over'),
    severity: Type.Enum([...severities], { default: 'warning' }),
    noData: Type.Enum([...noDataChoices], {
      default: 'keep',
      description:
        'when readings stay away: an alert of its own, a doubt that stays, or a doubt that ends; what fires goes on firing in any case',
    }),
    repeat: Type.Array(Type.Number(ruleBounds.repeat), {
      maxItems: ruleLengths.repeat,
      default: [],
      description: 'min: when it is told again until somebody acknowledges it; the last one goes on',
    }),
    channels: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: ruleLengths.channels,
      default: [],
      description: 'names of the channels that tell it; none: all of them',
    }),
    message: Type.Optional(RuleMessage),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>
