import type { Static, TObject } from 'typebox'
import Type from 'typebox'
import { Compile } from 'typebox/schema'
import { type Fault, PayloadError } from './fault.ts'
import { readJson } from './json.ts'

// An order is what the monitor wants of a device: other settings, or something done. Its name comes back in the answer.
const pattern = '^[\\x21-\\x7e]{1,64}$'
const isId = new RegExp(pattern)

export const controlMessageId = (description: string) => Type.String({ pattern, description })

/** Wrong, but it says which one it is: whoever gave the order can be told. The message begins with the field. */
export class BadControlMessage extends PayloadError {
  override readonly name = 'BadControlMessage'
  readonly id: string
  constructor(id: string, message: string, fault: Fault = 'bad-json') {
    super(fault, message)
    this.id = id
  }
}

/**
 * A reader of orders. Unlike other payloads these are refused where they name what we do not know, or say `null` where
 * it means nothing: an order that is followed in part would be answered by a lie.
 */
export function controlMessageReader<S extends TObject>(schema: S): (payload: Buffer) => Static<S> {
  const validator = Compile(schema)
  return (payload) => {
    const order = readJson(payload)
    const { id } = order
    if (typeof id !== 'string' || !isId.test(id)) throw new PayloadError('bad-json', 'no id, or one that is none')
    if (validator.Check(order)) return order
    const [, [first]] = validator.Errors(order)
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
  const field = instancePath.slice(1).replace('/', '.') || 'the object'
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
