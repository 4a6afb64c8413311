import type { FieldProblem } from '@hearthwatch/api/errors'
import type { Log } from '@hearthwatch/log'
import { NotConnected, Refused } from '@hearthwatch/mqtt'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isDamage } from '../../store/file/damage.ts'
import { isOutsideTrouble } from '../../store/file/open.ts'
import type { App } from '../app.ts'
import { addHeaders } from './headers.ts'

/** An answer from 400 on. The message is for the person who sent the request. */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly statusCode: number
  readonly headers: Record<string, string>
  constructor(statusCode: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.statusCode = statusCode
    this.headers = headers
  }
}

/** A request with wrong fields: the message names them for people, `fields` for programs. */
export class FieldError extends HttpError {
  override name = 'FieldError'
  readonly fields: readonly FieldProblem[]
  constructor(message: string, fields: readonly FieldProblem[], statusCode = 400) {
    super(statusCode, message)
    this.fields = fields
  }
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Answers errors as `{"error":"…"}`. Errors of the request are explained in the answer, errors of the monitor only in the log. */
export function answerErrors(app: App, log: Log): void {
  app.setErrorHandler((error: FastifyError | HttpError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500 || error instanceof HttpError) {
      if (error instanceof HttpError) reply.headers(error.headers)
      const fields = error instanceof FieldError && error.fields.length > 0 ? { fields: error.fields } : {}
      return reply.code(status).send({ error: error.message, ...fields })
    }
    if (error instanceof NotConnected || error instanceof Refused)
      return reply.code(503).send({ error: `The broker did not take a message: ${error.message}.` })
    // A damaged database ends the process; the next start moves the file aside.
    if (isDamage(error))
      setImmediate(() => {
        throw error
      })
    const outside = isOutsideTrouble(error)
    log.error('a request failed', { request: `${request.method} ${request.routeOptions.url}`, why: outside ? error.message : error.stack })
    return outside
      ? reply.code(503).send({ error: 'The database is not available at the moment.' })
      : reply.code(500).send({ error: 'The monitor failed. Its log has the cause.' })
  })
  app.setNotFoundHandler(() => {
    throw new HttpError(404, 'There is no such address.')
  })
}

/** Answers malformed addresses, for which no hook runs. */
export function answerUnreadable(error: FastifyError, _: FastifyRequest, reply: FastifyReply): void {
  addHeaders(reply)
  reply.code(error.statusCode ?? 400).send({ error: 'This address cannot be read.' })
}

/** Answers 405 for a known path with another method. @returns a function to call after the last route */
export function answerOtherMethods(app: App): () => void {
  const known = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    known.set(url, new Set([...(known.get(url) ?? []), ...[method].flat()]))
  })
  return () => {
    for (const [url, allowed] of [...known]) {
      const allow = [...allowed].join(', ')
      app.route({
        url,
        method: methods.filter((method) => !allowed.has(method)),
        schema: { hide: true },
        onRequest: async () => {
          throw new HttpError(405, `Only ${allow} here.`, { allow })
        },
        handler: () => {},
      })
    }
  }
}
