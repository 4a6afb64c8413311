import swagger from '@fastify/swagger'
import type { App } from './server.ts'

/** The contract as a document, made from the schemas of the routes. Register it before them. */
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
    transform: ({ schema, url, route }) => ({
      schema: route.config?.open === true ? { ...(schema as object), security: [] } : schema,
      url,
    }),
  })
  app.get('/api/openapi.json', { schema: { summary: 'This document' } }, (_, reply) => reply.send(app.swagger()))
}
