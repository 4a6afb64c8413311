import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import aws4 from 'aws4'

export interface S3Server {
  port: number
  /** The objects by key. */
  objects: ReadonlyMap<string, Buffer>
  stop(): Promise<void>
}

/** The only login of the server. */
export const s3Login = { accessKeyId: 'HEARTH', secretAccessKey: 'se/cr+et' }
const region = 'us-east-1'

/**
 * Starts a server on 127.0.0.1 with the part of S3 that backups need: PUT, GET, DELETE, and ListObjectsV2, for one bucket. Each
 * request needs a signature of version 4, which is computed again by another library than the client's.
 */
export async function startS3Server(bucket: string): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const [, name = '', ...parts] = decodeURIComponent(pathname).split('/')
    const key = parts.join('/')
    const body = await buffer(request)
    const answer = (status: number, text: string | Buffer = '') => response.writeHead(status, { etag: '"0"' }).end(text)
    const refuse = (status: number, code: string) => answer(status, `<Error><Code>${code}</Code><Message>${code}.</Message></Error>`)
    const problem = problemOf(request)
    if (problem !== null) refuse(403, problem)
    else if (name !== bucket) refuse(404, 'NoSuchBucket')
    else if (key === '' && request.method === 'GET' && searchParams.get('list-type') === '2')
      answer(200, listing([...objects], searchParams.get('prefix') ?? '', searchParams.get('delimiter') ?? ''))
    else if (key !== '' && request.method === 'PUT') {
      objects.set(key, body)
      answer(200)
    } else if (request.method === 'GET') {
      const object = objects.get(key)
      if (object === undefined) refuse(404, 'NoSuchKey')
      else answer(200, object)
    } else if (request.method === 'DELETE') {
      objects.delete(key)
      answer(204)
    } else refuse(501, 'NotImplemented')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    objects,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Why a request is refused; null: its signature is right. */
function problemOf({ method, url = '', headers }: IncomingMessage): string | null {
  const form = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/
  const [, accessKey, scope, signed = '', signature] = form.exec(headers.authorization ?? '') ?? []
  if (accessKey === undefined) return 'AccessDenied'
  if (accessKey !== s3Login.accessKeyId) return 'InvalidAccessKeyId'
  const names = signed.split(';')
  const date = String(headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  if (scope !== region || !['host', 'x-amz-date', 'x-amz-content-sha256'].every((name) => names.includes(name)))
    return 'AuthorizationHeaderMalformed'
  if (!(Math.abs(Date.now() - Date.parse(date)) < 15 * 60_000)) return 'RequestTimeTooSkewed'
  const given = Object.fromEntries(names.map((name) => [name, String(headers[name])]))
  const request = { method: method ?? '', path: url, host: String(headers.host), headers: given, service: 's3', region }
  const expected = String(aws4.sign(request, s3Login).headers?.Authorization)
  return expected.endsWith(`Signature=${signature}`) ? null : 'SignatureDoesNotMatch'
}

function listing(objects: readonly (readonly [string, Buffer])[], prefix: string, delimiter: string): string {
  const found = objects.filter(([key]) => key.startsWith(prefix) && (delimiter === '' || !key.slice(prefix.length).includes(delimiter)))
  const contents = found.map(
    ([key, { length }]) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"0"</ETag><Size>${length}</Size></Contents>`,
  )
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`
}
