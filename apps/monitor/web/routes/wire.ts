import { PacketsQuery } from '@hearthwatch/api/packets'
import { isFilter, matches } from '@hearthwatch/protocol'
import type { PacketTrace } from '../../intake/packet-trace.ts'
import type { App } from '../app.ts'
import type { Access } from '../http/access.ts'
import { FieldError } from '../http/errors.ts'
import { createEventHub, type EventHub, writeEvent } from '../http/event-hub.ts'

/** Adds the stream of MQTT packets. @returns its clients */
export function addWire(app: App, { packetTrace, access }: { packetTrace: PacketTrace; access: Access }): EventHub {
  // Few clients: the trace is for learning and for finding faults.
  const hub = createEventHub({ limit: 10, backlog: 1024 * 1024 })

  app.get(
    '/api/wire',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'MQTT packets that the monitor receives and publishes, and their outcome, as server-sent events: packet, verdict, dropped',
        querystring: PacketsQuery,
        produces: ['text/event-stream'],
      },
    },
    (request, reply) => {
      const filter = request.query.filter ?? '#'
      const problem = problemOf(filter)
      if (problem !== null) throw new FieldError(problem, [{ field: 'filter', problem: 'wrong-format' }])
      const { send } = hub.open(reply, () => access.allows(request))
      const unsubscribe = packetTrace.watch({
        wants: (topic) => matches(filter, topic),
        send: (event) => send(writeEvent(event)),
      })
      reply.raw.on('close', unsubscribe)
    },
  )
  return hub
}

/** Why a text is no topic filter; null if it is one. */
export function problemOf(filter: string): string | null {
  if (isFilter(filter)) return null
  if (filter === '') return 'A filter is not empty: # stands for everything.'
  const levels = filter.split('/')
  const mixed = levels.find((level) => level.length > 1 && /[+#]/.test(level))
  if (mixed !== undefined) return `${mixed}: + and # stand alone between slashes.`
  if (levels.slice(0, -1).includes('#')) return '# stands only at the end: it is everything below.'
  return 'A filter is one line of text, of at most 65,535 bytes.'
}
