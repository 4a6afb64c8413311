import Type, { type Static } from 'typebox'
import { controlMessageId, controlMessageReader } from './control-message.ts'
import { readerOf } from './json.ts'

/** What a device can be told to do. */
export const actions = ['identify', 'measure', 'restart'] as const
export type Action = (typeof actions)[number]

/** The payload of `command`: something to be done once, however often it comes. */
export const Command = Type.Object(
  {
    id: controlMessageId('its name, never used twice'),
    action: Type.Enum([...actions], { description: '`identify`: blink; `measure`: read now; `restart`' }),
  },
  { additionalProperties: false },
)
export type Command = Static<typeof Command>

/** The payload of `response`: what became of a wanted config or a command. */
export const Response = Type.Object({
  id: controlMessageId('of what it answers'),
  ok: Type.Boolean({ description: 'true: applied, or done' }),
  error: Type.Optional(Type.String({ maxLength: 500, description: 'the reason, for people' })),
})
export type Response = Static<typeof Response>

/** @throws BadControlMessage where it is wrong but says which one it is, PayloadError where it does not. */
export const readCommand: (payload: Buffer) => Command = controlMessageReader(Command)

/** @throws PayloadError where it is not a response. */
export const readResponse: (payload: Buffer) => Response = readerOf(Response)
