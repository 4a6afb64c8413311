import Type, { type Static } from 'typebox'
import { Alert } from './alerts.ts'
import { nullable, Status, time } from './fields.ts'
import { Label } from './labels.ts'
import { NoteEvent } from './notes.ts'
import { Notification } from './notifications.ts'

export const ReadingEvent = Type.Object({
  room: Type.String(),
  quantity: Type.String(),
  value: Type.Number(),
  time,
  device: nullable(Type.String()),
})
export type ReadingEvent = Static<typeof ReadingEvent>

export const StatusEvent = Type.Object({ room: nullable(Type.String()), device: nullable(Type.String()), status: Status })
export type StatusEvent = Static<typeof StatusEvent>

/** The events of `GET /api/events`, by their type. */
export const events = {
  reading: ReadingEvent,
  status: StatusEvent,
  alert: Alert,
  notification: Notification,
  label: Label,
  note: NoteEvent,
}
export type Events = { [T in keyof typeof events]: Static<(typeof events)[T]> }

export const EventsQuery = Type.Object({
  stream: Type.Optional(
    Type.String({
      pattern: '^[\\w-]{8,64}$',
      description: 'a random name for this stream; by it `POST /api/events/{stream}/rooms` limits its readings and statuses to some rooms',
    }),
  ),
  beat: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 60, description: 's between two events `beat`, by which a client notices a dead connection' }),
  ),
})
