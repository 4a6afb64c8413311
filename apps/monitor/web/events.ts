import type { OutgoingHttpHeaders } from 'node:http'
import type { LiveEvent } from '../board.ts'
import type { Access } from './access.ts'
import { HttpError } from './faults.ts'
import type { Live } from './live.ts'
import type { App } from './server.ts'
import type { Views } from './views.ts'

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
      reply.hijack()
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        'content-type': 'text/event-stream; charset=utf-8',
        // Tells nginx not to gather what should be seen at once.
        'x-accel-buffering': 'no',
      })
      live.add(reply.raw, () => access.allows(request))
    },
  )
}

/** An event in the format of https://html.spec.whatwg.org/multipage/server-sent-events.html; JSON never spans two lines. */
export function writeEvent(event: LiveEvent, views: Views): string | null {
  const data = describe(event, views)
  return data === null ? null : `event: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`
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
