import Type, { type Static } from 'typebox'
import { controlMessageId } from './control-message.ts'
import { type OnLeftOut, readerOf } from './json.ts'

/** The payload of `response`: the result of desired settings or of a command. */
export const Response = Type.Object({
  id: controlMessageId('of what it answers'),
  ok: Type.Boolean({ description: 'true: applied, or done' }),
  error: Type.Optional(Type.String({ maxLength: 500, description: 'for people: the reason, or what was left out of something done' })),
})
export type Response = Static<typeof Response>

/** @throws PayloadError if it is not a response */
export const readResponse: (payload: Buffer, onLeftOut?: OnLeftOut) => Response = readerOf(Response)
