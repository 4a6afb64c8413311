import Type, { type Static } from 'typebox'
import { id, name, time } from './fields.ts'

/** Longest text of a note, in characters. */
export const longestNote = 200

export const Note = Type.Object({ id, room: Type.String(), time, text: Type.String() })
export type Note = Static<typeof Note>

export const NotesQuery = Type.Object({
  room: Type.Optional(name('only of this one; default: of all')),
  from: Type.Optional(time),
  to: Type.Optional(time),
})

export const NewNote = Type.Object(
  {
    room: name('where'),
    time: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'ms since the epoch, UTC; not in the future' }),
    text: Type.String({ description: `one line of 1 to ${longestNote} characters` }),
  },
  { additionalProperties: false },
)
export type NewNote = Static<typeof NewNote>

export const NoteParams = Type.Object({ id })

/** The notes of this room have changed. */
export const NoteEvent = Type.Object({ room: Type.String() })
export type NoteEvent = Static<typeof NoteEvent>
