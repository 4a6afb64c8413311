import { createWriteStream, openAsBlob } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { hour } from '@hearthwatch/protocol/durations'
import { BackupError } from '../errors.ts'
import { type RemoteAddress, shownAddress } from './address.ts'
import type { RemotePlace } from './place.ts'

/** Largest object that S3 takes in one request is 5 GB; larger ones are sent in parts. bytes */
const inOneRequest = 4_000_000_000

/** Opens a folder of a bucket. An object appears under its name only when it is complete. */
export async function openS3(address: RemoteAddress): Promise<RemotePlace> {
  const { S3mini } = await import('s3mini')
  const shown = shownAddress(address)
  const [bucket = '', ...folder] = address.path
  const prefix = folder.map((part) => `${part}/`).join('')
  const client = new S3mini({
    accessKeyId: address.user,
    secretAccessKey: address.password,
    endpoint: `${address.scheme === 's3' ? 'https' : 'http'}://${address.host}/${bucket}`,
    region: address.query.get('region') ?? regionOf(address.host),
    minPartSize: inOneRequest,
    requestAbortTimeout: hour,
  })
  const attempt = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      throw new BackupError(`${shown} cannot be used: ${wordsOf(error as Error)}.`)
    }
  }
  return {
    shown,
    list: () =>
      attempt(async () => {
        const objects = await client.listObjects('/', prefix)
        if (objects === null) throw new Error(`there is no bucket ${bucket}`)
        return objects.flatMap(({ Key }) => (Key.startsWith(prefix) ? [Key.slice(prefix.length)] : []))
      }),
    upload: (file, name) => attempt(async () => void (await client.putAnyObject(prefix + name, await openAsBlob(file)))),
    download: (name, file) =>
      attempt(async () => {
        const answer = await client.getObjectResponse(prefix + name)
        if (answer?.body == null) throw new Error(`there is no ${name}`)
        await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(file, { mode: 0o600 }))
      }),
    remove: (name) =>
      attempt(async () => {
        if (!(await client.deleteObject(prefix + name))) throw new Error(`${name} cannot be deleted`)
      }),
    close: async () => {},
  }
}

/** The region in a host name of Amazon; others take the oldest one, or have their own in the address. */
const regionOf = (host: string): string => /^s3[.-]([a-z0-9-]+)\.amazonaws\.com/.exec(host)?.[1] ?? 'us-east-1'

/** The library puts the code of the server's answer into a field, or the whole answer into the message. */
function wordsOf(error: Error & { status?: number; body?: string }): string {
  const { message, cause, body = '' } = error
  const code = /<Code>(\w+)<\/Code>/.exec(message + body)?.[1]
  const status = error.status ?? Number(/status (\d{3})/.exec(message)?.[1])
  if (code === 'NoSuchBucket') return 'there is no such bucket'
  if (status === 401 || status === 403) return `access key, secret or rights are refused${code === undefined ? '' : ` (${code})`}`
  if (!Number.isNaN(status)) return `the server answers ${status}${code === undefined ? '' : ` (${code})`}`
  const inner = ((cause as Error | undefined)?.cause ?? cause) as NodeJS.ErrnoException | undefined
  return inner === undefined ? message.replace(/^\[s3mini\] |\.$/g, '') : `no connection (${inner.code ?? inner.message})`
}
