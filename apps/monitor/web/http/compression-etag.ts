import { createHash } from 'node:crypto'
import compress from '@fastify/compress'
import type { App } from '../app.ts'

/** bytes; what is shorter fits into one packet anyway */
const worthIt = 1024

/**
 * How answers travel: compressed where the client takes that, and not at all where it has the same one already. Register it
 * before the routes.
 */
export async function addCompressionAndEtags(app: App): Promise<void> {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string' || reply.hasHeader('etag')) return payload
    // Weak: it names what is said, in whatever encoding.
    const tag = `W/"${createHash('sha1').update(payload).digest('base64url')}"`
    reply.header('etag', tag)
    if (!isAmong(tag, request.headers['if-none-match'])) return payload
    reply.code(304)
    return ''
  })
  // What comes in is small: nobody gets to send us something that unpacks to gigabytes.
  await app.register(compress, { encodings: ['br', 'gzip'], threshold: worthIt, globalDecompression: false })
}

/** Of https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2: weak or not is the same here. */
function isAmong(tag: string, given: string | undefined): boolean {
  if (given === undefined) return false
  return given.trim() === '*' || given.split(',').some((one) => one.trim().replace(/^W\//, '') === tag.slice(2))
}
