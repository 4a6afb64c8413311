import { baseQuantity } from '@hearthwatch/protocol'
import Type, { type Static } from 'typebox'

/** `offline` is about a device, all others about a series: what one device measures of one quantity in one room. */
export const conditions = ['above', 'below', 'outside', 'rises', 'falls', 'silent', 'offline'] as const
export type Condition = (typeof conditions)[number]

const seconds = (description: string, fallback: number) =>
  Type.Number({ minimum: 0, maximum: 30 * 86_400, default: fallback, description: `s: ${description}` })

/** Words in both languages; where one is left out, the rule's default text is taken. */
export const RuleMessage = Type.Object(
  { en: Type.Optional(Type.String({ maxLength: 500 })), 'zh-TW': Type.Optional(Type.String({ maxLength: 500 })) },
  { additionalProperties: false },
)

/** As JSON Schema has written two numbers since 2020: a tuple of TypeBox is what it was before, and OpenAPI 3.1 has no such thing. */
const Pair = Type.Unsafe<[number, number]>({ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 })

/** When somebody wants to be told, and how. The one shape of a rule: in the database, in the API and in `rules.json`. */
export const Rule = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$',
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
      maxLength: 500,
      default: '*',
      description: 'which rooms: names separated by commas, `*` for any run of characters',
    }),
    condition: Type.Enum([...conditions]),
    limit: Type.Optional(
      Type.Union([Type.Number(), Pair], {
        description: 'in the quantity’s unit; `[lowest, highest]` for `outside`, the amount for `rises` and `falls`',
      }),
    ),
    window: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 86_400, description: 's: within which it rises or falls by `limit`' }),
    ),
    recover: Type.Optional(
      Type.Number({ minimum: 0, description: 'how far back from the limit it is well again; default 1 °C, or 2 % of the limit' }),
    ),
    for: seconds('how long it must last before anybody is told; for `silent` how long nothing may come', 0),
    keepFiringFor: seconds('how long it must be well again before the alert is over', 0),
    severity: Type.Enum(['info', 'warning', 'critical'], { default: 'warning' }),
    noData: Type.Enum(['alert', 'keep', 'ignore'], {
      default: 'keep',
      description:
        'when readings stay away: an alert of its own, a doubt that stays, or a doubt that ends; what fires goes on firing in any case',
    }),
    repeat: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 10_080 }), {
      maxItems: 20,
      default: [],
      description: 'min: when it is told again until somebody acknowledges it; the last one goes on',
    }),
    channels: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: 20,
      default: [],
      description: 'names of the channels that tell it; none: all of them',
    }),
    message: Type.Optional(RuleMessage),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>

/** The fields that have a default: whoever writes a rule may leave them out. */
export const ruleDefaults = Object.fromEntries(
  Object.entries(Rule.properties).flatMap(([field, schema]) => ('default' in schema ? [[field, schema.default]] : [])),
) as Pick<Rule, 'enabled' | 'rooms' | 'for' | 'keepFiringFor' | 'severity' | 'noData' | 'repeat' | 'channels'>

/** A rule of which only what matters is said. */
export type RuleDraft = Omit<Rule, keyof typeof ruleDefaults> & Partial<Rule>

/** The rule with its defaults filled in, its fields in the order of the schema. */
export function completeRule(draft: RuleDraft): Rule {
  const all: Record<string, unknown> = { ...ruleDefaults, ...draft }
  const given = Object.keys(Rule.properties).filter((field) => all[field] !== undefined && all[field] !== null)
  return structuredClone(Object.fromEntries(given.map((field) => [field, all[field]]))) as Rule
}

/** A limit of nothing has a way back, too; in the quantity's unit. */
const leastRecover = 0.1

/** How far back from its limit a value must come before all is well: as the rule says, else 1 °C, or 2 % of the limit. */
export function recoverOf({ condition, quantity = '', limit, recover }: Rule): number {
  if (recover !== undefined || limit === undefined) return recover ?? 0
  const [low, high] = typeof limit === 'number' ? [limit, limit] : limit
  const usual = baseQuantity(quantity) === 'temperature' ? 1 : Math.max(leastRecover, 0.02 * Math.max(Math.abs(low), Math.abs(high)))
  // What is narrower than the usual way back would never be well again.
  if (condition === 'outside') return Math.min(usual, (high - low) / 4)
  return condition === 'rises' || condition === 'falls' ? Math.min(usual, high / 2) : usual
}
