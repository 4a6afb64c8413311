import { createHash } from 'node:crypto'
import compress from '@fastify/compress'
import type { App } from '../app.ts'

/** bytes; a shorter answer fits into one packet */
const worthIt = 1024

/**
 * Compresses answers if the client accepts that, and answers 304 if the client has the same answer already. Register it
 * before the routes.
 */
export async function addCompressionAndEtags(app: App): Promise<void> {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string' || reply.hasHeader('etag')) return payload
    // A weak tag, because it stands for the answer in any encoding.
    const tag = `W/"${createHash('sha1').update(payload).digest('base64url')}"`
    reply.header('etag', tag)
    if (!isAmong(tag, request.headers['if-none-match'])) return payload
    reply.code(304)
    return ''
  })
  // Requests are small, so compressed ones are refused: they could expand to gigabytes.
  await app.register(compress, { encodings: ['br', 'gzip'], threshold: worthIt, globalDecompression: false })
}

/** If-None-Match of https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2; it compares weak and strong tags alike. */
function isAmong(tag: string, given: string | undefined): boolean {
  if (given === undefined) return false
  return given.trim() === '*' || given.split(',').some((one) => one.trim().replace(/^W\//, '') === tag.slice(2))
}
