import Type, { type Static } from 'typebox'
import { controlMessageId, controlMessageReader } from './control-message.ts'

/** The actions of commands. */
export const actions = ['identify', 'measure', 'restart'] as const
export type Action = (typeof actions)[number]

/** The payload of `command`: an action that is executed once, however often the message arrives. */
export const Command = Type.Object(
  {
    id: controlMessageId('its name, never used twice'),
    action: Type.Enum([...actions], { description: '`identify`: blink; `measure`: read now; `restart`' }),
  },
  { additionalProperties: false },
)
export type Command = Static<typeof Command>

/** @throws BadControlMessage if it is invalid but has an id, otherwise PayloadError */
export const readCommand: (payload: Buffer) => Command = controlMessageReader(Command)
