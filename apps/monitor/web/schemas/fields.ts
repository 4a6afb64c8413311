import Type, { type TSchema } from 'typebox'

// Each shape of the HTTP contract is written once, in the file of its area: the type, the check and the document are all made
// from it. Here is what several areas have.

export const time = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'ms since the epoch, UTC' })
export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
export const name = (description: string) => Type.String({ minLength: 1, maxLength: 256, description })
export const count = Type.Integer({ minimum: 0 })
export const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** Of a device, or of a room: the best of its devices. */
export const status = Type.Enum(['online', 'offline', 'unknown'])
export const severity = Type.Enum(['info', 'warning', 'critical'])
