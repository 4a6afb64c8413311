import Type, { type Static, type TSchema } from 'typebox'
import { severities } from './severity.ts'

// Fields that several schemas share. A schema is written once: its type, its validation and its description in the
// OpenAPI document are made from it.

export const time = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'ms since the epoch, UTC' })
export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
export const name = (description: string) => Type.String({ minLength: 1, maxLength: 256, description })
export const count = Type.Integer({ minimum: 0 })
export const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** The status of a device, or of a room: the best status of its devices. */
export const Status = Type.Enum(['online', 'offline', 'unknown'])
export type Status = Static<typeof Status>
export const severity = Type.Enum([...severities])
