import type { Static, TObject } from 'typebox'
import Type from 'typebox'
import { Compile } from 'typebox/schema'
import { type Fault, PayloadError } from '../fault.ts'
import { readJson, withoutNulls } from './json.ts'

// Control messages are desired settings and commands. Their id comes back in the response.
const pattern = '^[\\x21-\\x7e]{1,64}$'
const isId = new RegExp(pattern)

export const controlMessageId = (description: string) => Type.String({ pattern, description })

/** An invalid control message with an id, so that it can be answered. The error's message begins with the field. */
export class BadControlMessage extends PayloadError {
  override readonly name = 'BadControlMessage'
  readonly id: string
  constructor(id: string, message: string, fault: Fault = 'bad-json') {
    super(fault, message)
    this.id = id
  }
}

/**
 * Makes a reader of control messages. Unlike other payloads they are refused for unknown fields. `null` counts as left
 * out, unless it has a meaning (`ALERT_BELOW`). A message is followed as a whole or not at all, because the response is yes or no.
 */
export function controlMessageReader<S extends TObject>(schema: S): (payload: Buffer) => Static<S> {
  const validator = Compile(schema)
  return (payload) => {
    const message = withoutNulls(schema, readJson(payload)) as Record<string, unknown>
    const { id } = message
    if (typeof id !== 'string' || !isId.test(id)) throw new PayloadError('bad-json', 'id is missing or invalid')
    if (validator.Check(message)) return message
    const [, [first]] = validator.Errors(message)
    throw new BadControlMessage(id, first ? sentenceOf(first) : 'is not understood')
  }
}

interface Conflict {
  keyword: string
  instancePath: string
  message: string
  params: object
}

function sentenceOf({ keyword, instancePath, message, params }: Conflict): string {
  const field = instancePath.slice(1).replace('/', '.').replaceAll('~1', '/') || 'the object'
  const { allowedValues, requiredProperties } = params as { allowedValues?: string[]; requiredProperties?: string[] }
  switch (keyword) {
    case 'boolean':
      return `${field} is not known here`
    case 'enum':
      return `${field} must be one of ${allowedValues?.join(', ')}`
    case 'required':
      return `${requiredProperties?.join(', ')} is missing`
    default:
      return `${field} ${message}`
  }
}
