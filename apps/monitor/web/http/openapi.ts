import swagger from '@fastify/swagger'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import type { App } from '../app.ts'

/** The parts of a route's schema that are read here. */
interface Described {
  hide?: boolean
  produces?: string[]
  params?: unknown
  querystring?: unknown
  body?: unknown
  response?: Record<string, unknown>
}

/** Serves the OpenAPI document of all routes. Register it before them. */
export async function addOpenApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Hearthwatch', version, description: 'Times are ms since the epoch, UTC. Errors are `{"error":"…"}`.' },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'hearthwatch' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    transform: ({ schema, url, route }) => ({ schema: wholeOf(schema as Described, route.config?.open === true), url }),
  })
  app.get('/api/openapi.json', { schema: { summary: 'This document' } }, (_, reply) => reply.send(app.swagger()))
}

/** Adds the errors of routes with a login or with parameters, and the content type of answers that are not JSON. */
function wholeOf(schema: Described, isOpen: boolean): object {
  if (schema.hide) return schema
  const { produces: [type = 'application/json'] = [], response, ...rest } = schema
  const takesSomething = [schema.params, schema.querystring, schema.body].some((part) => part !== undefined)
  const content = { [type]: { schema: type === 'application/json' ? {} : { type: 'string' } } }
  return {
    ...rest,
    ...(isOpen ? { security: [] } : {}),
    response: {
      ...(response ?? { 200: { description: type, content } }),
      ...(takesSomething ? { 400: ErrorAnswer } : {}),
      ...(isOpen ? {} : { 401: ErrorAnswer }),
    },
  }
}
