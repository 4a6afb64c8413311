import type { FieldProblem } from './errors.ts'

/** The part of a TypeBox validation error that is read here. */
export interface ValidationError {
  keyword: string
  params: object
}

interface Params {
  limit?: number
  type?: string | string[]
}

/** Translates a TypeBox validation error into the API's words. */
export function problemOf({ keyword, params }: ValidationError): Omit<FieldProblem, 'field'> {
  const { limit, type } = params as Params
  const min = limit === undefined ? {} : { min: limit }
  const max = limit === undefined ? {} : { max: limit }
  switch (keyword) {
    case 'required':
      return { problem: 'missing' }
    case 'boolean':
    case 'additionalProperties':
      return { problem: 'unknown' }
    case 'enum':
    case 'const':
      return { problem: 'not-one-of' }
    case 'minimum':
      return { problem: 'too-small', ...min }
    case 'maximum':
      return { problem: 'too-large', ...max }
    case 'exclusiveMinimum':
      return { problem: 'not-above', ...min }
    case 'exclusiveMaximum':
      return { problem: 'not-below', ...max }
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return { problem: 'too-short', ...min }
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return { problem: 'too-long', ...max }
    case 'pattern':
    case 'format':
      return { problem: 'wrong-format' }
    case 'type':
      return { problem: type === 'number' ? 'not-a-number' : type === 'integer' ? 'not-an-integer' : 'wrong-type' }
    default:
      return { problem: 'wrong-type' }
  }
}
