// The lists and bounds of a rule's fields, without any library, so that a page can import them.

/** `offline` is about a device, all others about a series: one quantity that one device measures in one room. */
export const conditions = ['above', 'below', 'outside', 'rises', 'falls', 'silent', 'offline'] as const
export type Condition = (typeof conditions)[number]

export const noDataChoices = ['alert', 'keep', 'ignore'] as const

/** A room this cold is a freezer, whatever its name. °C */
export const freezing = -10

/**
 * The names and conditions of alerts that have no rule. `message`: a foreign sensor's text; `broker`: no connection to it;
 * `deaf`: it delivers nothing; `flood`: too many messages.
 * Of the upkeep of the house: `certificate` (that of the broker ends soon) `backup` (the last one failed) and `disk` (it fills).
 */
export const alertsWithoutRule = ['message', 'broker', 'deaf', 'flood', 'certificate', 'backup', 'disk'] as const
export type ConditionWithoutRule = (typeof alertsWithoutRule)[number]
/** Those, and the path at which rules are tried out. */
export const reservedNames: readonly string[] = [...alertsWithoutRule, 'test']

/** `for`, `keepFiringFor` and `window` in s, `repeat` (each of its numbers) in min, `recover` in the quantity's unit. */
export const ruleBounds = {
  for: { minimum: 0, maximum: 30 * 86_400 },
  keepFiringFor: { minimum: 0, maximum: 30 * 86_400 },
  window: { exclusiveMinimum: 0, maximum: 86_400 },
  recover: { minimum: 0 },
  repeat: { minimum: 1, maximum: 7 * 24 * 60 },
} as const

/** Most characters of texts and most entries of lists. */
export const ruleLengths = { name: 64, title: 64, rooms: 500, message: 500, repeat: 20, channels: 20 } as const
