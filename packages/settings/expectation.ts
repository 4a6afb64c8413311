import type { TSchema } from 'typebox'

interface Keywords {
  type?: string
  enum?: unknown[]
  anyOf?: { const?: unknown }[]
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  exclusiveMaximum?: number
  description?: string
}

/** The constraint of a setting as a phrase for its error message: `must be a whole number from 0 to 65535`. */
export function expectation(setting: TSchema): string {
  const keywords = setting as Keywords
  const { type, description } = keywords
  const choices = choicesOf(setting)
  if (choices !== undefined) return `must be one of ${choices.join(', ')}`
  if (type === 'integer') return `must be a whole number${range(keywords)}`
  if (type === 'number') return `must be a number${range(keywords)}`
  return description ? `must be ${description}` : 'is invalid'
}

/** The allowed values of a setting that is a choice; undefined for other settings. */
export function choicesOf(setting: TSchema): unknown[] | undefined {
  const keywords = setting as Keywords
  const choices = keywords.enum ?? keywords.anyOf?.map((choice) => choice.const)
  return choices?.every((choice) => choice !== undefined) ? choices : undefined
}

function range({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Keywords): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  const limits = [
    minimum === undefined ? '' : `at least ${minimum}`,
    exclusiveMinimum === undefined ? '' : `more than ${exclusiveMinimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
    exclusiveMaximum === undefined ? '' : `less than ${exclusiveMaximum}`,
  ].filter((limit) => limit !== '')
  return limits.length === 0 ? '' : `, ${limits.join(' and ')}`
}
