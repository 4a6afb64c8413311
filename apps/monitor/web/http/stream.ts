import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/** Turns an answer into a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function openStream(reply: FastifyReply): ServerResponse {
  reply.hijack()
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream; charset=utf-8',
    // Tells nginx not to gather what should be seen at once.
    'x-accel-buffering': 'no',
  })
  return reply.raw
}

/** JSON never spans two lines. */
export function writeStreamEvent(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}
