import { type Events, EventsQuery } from '@hearthwatch/api/events'
import { second } from '@hearthwatch/protocol/durations'
import type { LiveEvent, LiveState } from '../../live/live-state.ts'
import type { App } from '../app.ts'
import type { Access } from '../http/access.ts'
import { createEventHub, type EventHub, writeEvent } from '../http/event-hub.ts'
import type { Views } from '../views.ts'

/** Adds the stream of readings, statuses, alerts, notifications, labels and notes. @returns its clients */
export function addEvents(app: App, { liveState, views, access }: { liveState: LiveState; views: Views; access: Access }): EventHub {
  const hub = createEventHub({
    limit: 100,
    backlog: 256 * 1024,
    subscribe: (broadcast) =>
      liveState.onEvent((event) => {
        const data = dataOf(event, views)
        if (data !== null) broadcast(writeEvent({ type: event.type, data }))
      }),
  })

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
      const send = hub.open(reply, () => access.allows(request))
      if (request.query.beat === undefined) return
      const timer = setInterval(() => send(writeEvent({ type: 'beat', data: {} })), request.query.beat * second)
      reply.raw.on('close', () => clearInterval(timer))
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
