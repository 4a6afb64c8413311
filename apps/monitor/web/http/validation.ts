import type { FieldProblem } from '@hearthwatch/api/errors'
import { problemOf } from '@hearthwatch/api/field-problem'
import { spelled } from '@hearthwatch/protocol'
import type { FastifySchemaCompiler } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { FieldError } from './errors.ts'

/** The part of a TypeBox validation error that is read here. */
interface ValidationError {
  keyword: string
  instancePath: string
  message: string
  params: { requiredProperties?: string[]; allowedValues?: string[]; limit?: number }
}

/**
 * Validates a request against its schema. Numbers in an address are digits and nothing else: TypeBox's own conversion
 * would read 5 from `5.5` and 0 from an empty text. Texts come in one spelling of Unicode, as names do from MQTT.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  return (given) => {
    const value = httpPart === 'body' ? spelledBy(schema, given) : withNumbers(schema, given as Record<string, unknown>)
    if (validator.Check(value)) return { value }
    const [, errors] = validator.Errors(value)
    return { error: errorOf(errors as ValidationError[]) }
  }
}

function errorOf(errors: readonly ValidationError[]): FieldError {
  const found = errors.filter((error, i) => {
    const { keyword, instancePath } = error
    // The first error of a union is the clearest.
    if (errors.findIndex((other) => other.instancePath === instancePath) !== i) return false
    // A wrong field makes the object around it wrong, too.
    return keyword === 'required' || !errors.some((other) => other.instancePath.startsWith(`${instancePath}/`))
  })
  const message = found.length > 0 ? found.map(sentence).join('; ') : 'The request is not understood.'
  return new FieldError(message, found.flatMap(problemsOf))
}

/** The path of the field; empty for the request as a whole. */
const fieldOf = ({ instancePath }: ValidationError) =>
  instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')

function problemsOf(error: ValidationError): FieldProblem[] {
  const field = fieldOf(error)
  const inside = field === '' ? '' : `${field}.`
  if (error.keyword === 'required')
    return (error.params.requiredProperties ?? []).map((name) => ({ field: inside + name, problem: 'missing' }))
  return field === '' ? [] : [{ field, ...problemOf(error) }]
}

function withNumbers(schema: TSchema, given: Record<string, unknown>): Record<string, unknown> {
  if (!Type.IsObject(schema)) return given
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const isNumber = Object.hasOwn(schema.properties, name) && Type.IsInteger(schema.properties[name])
      // A parameter that is given several times is a list.
      if (Array.isArray(text)) return [name, text.map((one) => spelledBy(Type.String(), one))]
      return [name, isNumber && typeof text === 'string' && /^-?\d{1,16}$/.test(text) ? Number(text) : spelledBy(Type.String(), text)]
    }),
  )
}

/** The depth is that of the schema, so a deep body cannot exhaust the stack. */
function spelledBy(schema: TSchema, value: unknown): unknown {
  if (typeof value === 'string') return spelled(value)
  if (Array.isArray(value)) return Type.IsArray(schema) ? value.map((item) => spelledBy(schema.items, item)) : value
  if (typeof value !== 'object' || value === null || !Type.IsObject(schema)) return value
  const { properties } = schema
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      Object.hasOwn(properties, name) ? spelledBy(properties[name] as TSchema, field) : field,
    ]),
  )
}

function sentence(error: ValidationError): string {
  const { keyword, message, params } = error
  const { requiredProperties, allowedValues, limit } = params
  const field = fieldOf(error) || 'the body'
  switch (keyword) {
    case 'required':
      return `${requiredProperties?.join(', ')} ${requiredProperties?.length === 1 ? 'is' : 'are'} missing`
    case 'enum':
      return `${field} must be one of ${allowedValues?.join(', ')}`
    case 'minimum':
      return `${field} must be at least ${limit}`
    case 'maximum':
      return `${field} must be at most ${limit}`
    case 'boolean':
      return `${field} is not known here`
    case 'type':
      return `${field} ${message.replace('must be integer', 'must be a whole number')}`
    case 'pattern':
      return `${field} has the wrong form`
    default:
      return `${field} ${message}`
  }
}
