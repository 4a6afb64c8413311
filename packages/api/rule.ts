import Type, { type Static } from 'typebox'
import { conditions, noDataChoices, ruleBounds, ruleLengths } from './rule-bounds.ts'
import { severities } from './severity.ts'

const seconds = (field: 'for' | 'keepFiringFor', description: string) =>
  Type.Number({ ...ruleBounds[field], default: 0, description: `s: ${description}` })

const text = Type.Optional(Type.String({ maxLength: ruleLengths.message }))

/** A text in both languages; if one is left out, the rule's default text is used. */
export const RuleMessage = Type.Object({ en: text, 'zh-TW': text }, { additionalProperties: false })

/** Two numbers as JSON Schema 2020-12 and OpenAPI 3.1 describe them; TypeBox's tuple uses the older form. */
const Pair = Type.Unsafe<[number, number]>({ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 })

/** A rule: when an alert fires, and who is notified. Database, API and `rules.json` share this schema. */
export const Rule = Type.Object(
  {
    name: Type.String({
      pattern: `^[A-Za-z0-9][A-Za-z0-9_.-]{0,${ruleLengths.name - 1}}$`,
      description: 'letters (a to z), digits, hyphens, underscores and dots',
    }),
    title: Type.Optional(
      Type.String({
        maxLength: ruleLengths.title,
        // One line without spaces around it.
        pattern: '^\\S(.*\\S)?$',
        description: 'its name for people, in any script; default: that of a built-in rule, else `name`',
      }),
    ),
    enabled: Type.Boolean({ default: true }),
    quantity: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9_]{0,31}$',
        description: 'the measured quantity; for `silent` default: every quantity; `offline` has none',
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
        description: 'distance from the limit at which the alert begins to recover; default 1 °C, or 2 % of the limit',
      }),
    ),
    for: seconds('for', 'how long the condition must last before the alert fires; for `silent` the longest time without a reading'),
    keepFiringFor: seconds('keepFiringFor', 'how long values must be within limits before the alert resolves'),
    severity: Type.Enum([...severities], { default: 'warning' }),
    noData: Type.Enum([...noDataChoices], {
      default: 'keep',
      description: 'if readings are missing: raise an alert, keep a pending alert, or cancel it; a firing alert keeps firing in any case',
    }),
    repeat: Type.Array(Type.Number(ruleBounds.repeat), {
      maxItems: ruleLengths.repeat,
      default: [],
      description: 'min: times of repeated notifications until someone acknowledges; the last one repeats',
    }),
    channels: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: ruleLengths.channels,
      default: [],
      description: 'names of the channels that notify; none: all of them',
    }),
    message: Type.Optional(RuleMessage),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>
