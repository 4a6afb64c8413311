import type { FastifySchemaCompiler } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { Compile } from 'typebox/schema'

/** What of TypeBox's errors a sentence is made of. */
interface Conflict {
  keyword: string
  instancePath: string
  message: string
  params: object
}

/**
 * Checks what comes in against its schema. Numbers in an address are digits and nothing else: TypeBox's own conversion
 * would read 5 from `5.5` and 0 from nothing at all.
 */
export const checkInput: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  return (given) => {
    const value = httpPart === 'body' ? given : withNumbers(schema, given as Record<string, unknown>)
    if (validator.Check(value)) return { value }
    const [, [conflict]] = validator.Errors(value)
    return { error: new Error(conflict ? sentence(conflict) : 'The request is not understood.') }
  }
}

function withNumbers(schema: TSchema, given: Record<string, unknown>): Record<string, unknown> {
  if (!Type.IsObject(schema)) return given
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const isNumber = Object.hasOwn(schema.properties, name) && Type.IsInteger(schema.properties[name])
      return [name, isNumber && typeof text === 'string' && /^-?\d{1,16}$/.test(text) ? Number(text) : text]
    }),
  )
}

function sentence({ keyword, instancePath, message, params }: Conflict): string {
  const field = instancePath.slice(1).replace('/', '.') || 'the body'
  const { requiredProperties, allowedValues, limit } = params as { requiredProperties?: string[]; allowedValues?: string[]; limit?: number }
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
      return `${field} is not what it should look like`
    default:
      return `${field} ${message}`
  }
}
