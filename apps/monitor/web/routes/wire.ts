import { PacketsQuery } from '@hearthwatch/api/packets'
import { isFilter, matches } from '@hearthwatch/protocol'
import type { PacketTrace } from '../../intake/packet-trace.ts'
import type { Access } from '../http/access.ts'
import { FieldError, HttpError } from '../http/errors.ts'
import { openStream, writeStreamEvent } from '../http/stream.ts'
import type { App } from '../server.ts'

/** How many may look at once: it is for learning and for finding faults. */
const mostOnlookers = 10
/** ms between two signs of life, at which it is also asked whether the subscriber still may look. */
const heartbeat = 15_000
/** Bytes that may wait for one subscriber before he is cut off. */
const backlog = 1024 * 1024

/** The packets as they come and go. @returns ends every stream whose login is over, or all */
export function addWire(app: App, { wire, access }: { wire: PacketTrace; access: Access }): (all?: boolean) => void {
  const checks = new Set<(all: boolean) => void>()

  app.get(
    '/api/wire',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'The packets that the monitor hears and sends, and what it makes of them, as server-sent events: packet, verdict, dropped',
        querystring: PacketsQuery,
        produces: ['text/event-stream'],
      },
    },
    (request, reply) => {
      const filter = request.query.filter ?? '#'
      const problem = problemOf(filter)
      if (problem !== null) throw new FieldError(problem, [{ field: 'filter', problem: 'wrong-format' }])
      if (checks.size >= mostOnlookers) throw new HttpError(503, 'Too many are looking already.', { 'retry-after': '30' })
      const response = openStream(reply)
      const lookAway = wire.watch({
        wants: (topic) => matches(filter, topic),
        tell({ type, data }) {
          if (response.writableLength > backlog) response.destroy()
          else response.write(writeStreamEvent(type, data))
        },
      })
      const check = (all: boolean) => {
        if (all || !access.allows(request)) response.end()
      }
      const beat = setInterval(() => {
        check(false)
        if (!response.writableEnded) response.write(':\n\n')
      }, heartbeat)
      checks.add(check)
      response.on('close', () => {
        clearInterval(beat)
        lookAway()
        checks.delete(check)
      })
      // A broken connection is no event of ours: 'close' follows.
      response.on('error', () => {})
      response.write('retry: 2000\n\n')
    },
  )

  return (all = false) => {
    for (const check of [...checks]) check(all)
  }
}

/** Why this is no topic filter, for people; null where it is one. */
export function problemOf(filter: string): string | null {
  if (isFilter(filter)) return null
  if (filter === '') return 'A filter is not empty: # stands for everything.'
  const levels = filter.split('/')
  const mixed = levels.find((level) => level.length > 1 && /[+#]/.test(level))
  if (mixed !== undefined) return `${mixed}: + and # stand alone between slashes.`
  if (levels.slice(0, -1).includes('#')) return '# stands only at the end: it is everything below.'
  return 'A filter is one line of text, of at most 65,535 bytes.'
}
