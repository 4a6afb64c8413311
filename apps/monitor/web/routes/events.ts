import type { LiveEvent } from '../../live/live-state.ts'
import type { Access } from '../http/access.ts'
import { HttpError } from '../http/errors.ts'
import type { Live } from '../http/live.ts'
import { openStream, writeStreamEvent } from '../http/stream.ts'
import type { App } from '../server.ts'
import type { Views } from '../views.ts'

/** The stream of what happens, as it happens. */
export function addEvents(app: App, live: Live, access: Access): void {
  app.get(
    '/api/events',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'What happens, as server-sent events: reading, status, alert, notification, label',
        produces: ['text/event-stream'],
      },
    },
    (request, reply) => {
      if (live.isFull()) throw new HttpError(503, 'Too many are watching already.', { 'retry-after': '30' })
      live.add(openStream(reply), () => access.allows(request))
    },
  )
}

export function writeEvent(event: LiveEvent, views: Views): string | null {
  const data = describe(event, views)
  return data === null ? null : writeStreamEvent(event.type, data)
}

function describe(event: LiveEvent, views: Views): object | null {
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
      return event.data
  }
}
