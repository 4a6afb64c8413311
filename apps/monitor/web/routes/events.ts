import { ErrorAnswer } from '@hearthwatch/api/errors'
import { type Events, EventsQuery } from '@hearthwatch/api/events'
import { type Room, ShownBody, ShownRooms, StreamParams } from '@hearthwatch/api/rooms'
import { second } from '@hearthwatch/protocol/durations'
import type { LiveEvent, LiveState } from '../../live/live-state.ts'
import type { App } from '../app.ts'
import type { Access } from '../http/access.ts'
import { HttpError } from '../http/errors.ts'
import { createEventHub, type EventHub, writeEvent } from '../http/event-hub.ts'
import type { Views } from '../views.ts'

export interface EventOptions {
  liveState: LiveState
  views: Views
  access: Access
  /** The named rooms that exist. */
  roomsOf(names: readonly string[]): Room[]
  counts(): { total: number; online: number }
}

/** Adds the stream of readings, statuses, alerts, notifications, labels and notes. @returns its clients */
export function addEvents(app: App, { liveState, views, access, roomsOf, counts }: EventOptions): EventHub {
  const hub = createEventHub({
    limit: 100,
    backlog: 256 * 1024,
    subscribe: (broadcast) =>
      liveState.onEvent((event) => {
        const room = event.type === 'reading' || event.type === 'status' ? event.data.room : null
        if (!hub.isShown(room)) return
        const data = dataOf(event, views)
        if (data !== null) broadcast(writeEvent({ type: event.type, data }), room)
      }),
  })
  const streams = new Map<string, ReturnType<typeof hub.open>>()

  app.get(
    '/api/events',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Server-sent events: reading, status, alert, notification, label, note',
        produces: ['text/event-stream'],
        querystring: EventsQuery,
      },
    },
    (request, reply) => {
      const { beat, stream } = request.query
      const client = hub.open(reply, () => access.allows(request))
      if (stream !== undefined) {
        streams.set(stream, client)
        reply.raw.on('close', () => streams.get(stream) === client && streams.delete(stream))
      }
      if (beat === undefined) return
      const timer = setInterval(() => client.send(writeEvent({ type: 'beat', data: {} })), beat * second)
      reply.raw.on('close', () => clearInterval(timer))
    },
  )

  app.post(
    '/api/events/:stream/rooms',
    {
      config: { reads: true },
      schema: {
        summary: 'Limits the readings and statuses of an open stream to some rooms, and answers with those rooms as they are now',
        params: StreamParams,
        body: ShownBody,
        response: { 200: ShownRooms, 404: ErrorAnswer },
      },
    },
    ({ params: { stream }, body: { rooms } }) => {
      const client = streams.get(stream)
      if (client === undefined) throw new HttpError(404, 'This stream of events is not open.')
      client.limitTo(rooms === null ? null : new Set(rooms))
      return { rooms: rooms === null ? [] : roomsOf(rooms), ...counts() }
    },
  )
  return hub
}

/** @returns null for a notification that is no longer stored */
function dataOf(event: LiveEvent, views: Views): Events[keyof Events] | null {
  switch (event.type) {
    case 'reading': {
      const { room, quantity, value, time, device } = event.data
      return { room, quantity, value, time, device }
    }
    case 'status': {
      const { room, device, status } = event.data
      return { room, device, status }
    }
    case 'alert':
      return views.alert(event.data)
    case 'notification':
      return views.notification(event.data.id)
    case 'label':
    case 'note':
      return event.data
  }
}
