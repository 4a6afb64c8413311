import { ErrorAnswer } from '@hearthwatch/api/errors'
import * as shape from '@hearthwatch/api/notes'
import { minute } from '@hearthwatch/protocol/durations'
import Type from 'typebox'
import type { LiveState } from '../../live/live-state.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError, HttpError } from '../http/errors.ts'
import { checkedLine } from '../http/line.ts'

/** Notes of a house, so that the table cannot be filled without end. */
const most = 10_000

export interface NoteOptions {
  store: Pick<Store, 'notes' | 'devices' | 'transaction'>
  liveState: LiveState
  now(): number
}

/** Adds the routes for notes, which charts show at their time. */
export function addNotes(app: App, { store, liveState, now }: NoteOptions): void {
  const isRoom = (room: string) => liveState.hasRoom(room) || store.devices.inRoom(room).length > 0
  const changed = (room: string) => liveState.emit({ type: 'note', data: { room } })

  app.get(
    '/api/notes',
    {
      schema: {
        summary: 'Notes of people about a room at a time, in the order of time',
        querystring: shape.NotesQuery,
        response: { 200: Type.Array(shape.Note) },
      },
    },
    ({ query }) => store.notes.list(query),
  )

  app.post(
    '/api/notes',
    {
      schema: {
        summary: 'Adds a note about a room at a time',
        body: shape.NewNote,
        response: { 201: shape.Note, 400: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer },
      },
    },
    ({ body: { room, time, text } }, reply) => {
      if (!isRoom(room)) throw new HttpError(404, `There is no room ${room}.`)
      const at = now()
      // The clock of the browser may be a little ahead.
      if (time > at + minute) throw new FieldError('time must not be in the future', [{ field: 'time', problem: 'too-large', max: at }])
      if (store.notes.count() >= most) throw new HttpError(409, `There are ${most} notes, which is the most: remove old ones first.`)
      const note = store.transaction(() => store.notes.add({ room, time, text: checkedLine('text', text, shape.longestNote) }))
      changed(room)
      reply.code(201)
      return note
    },
  )

  app.delete(
    '/api/notes/:id',
    {
      schema: {
        summary: 'Removes a note',
        params: shape.NoteParams,
        response: { 204: Type.Null({ description: 'done' }), 404: ErrorAnswer },
      },
    },
    ({ params: { id } }, reply) => {
      const room = store.transaction(() => store.notes.remove(id))
      if (room === undefined) throw new HttpError(404, `There is no note ${id}.`)
      changed(room)
      reply.code(204)
      return null
    },
  )
}
