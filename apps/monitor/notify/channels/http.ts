import { day, second } from '@hearthwatch/protocol/durations'
import { type Localized, localized } from '../text/localized.ts'
import { DeliveryError, type FailureKind, type Message } from './channel.ts'
import { answers, httpWords } from './http-words.ts'
import type { CreateTransport } from './kind.ts'

/** A server's response. */
export interface Answer {
  status: number
  /** Wait before the next message that the server asks for. ms */
  retryAfter: number | null
  /** The body as far as it was read. Only for documented error codes; never shown or logged. */
  body: string
  /** True if the whole body was read. */
  complete: boolean
}

export interface Post {
  headers: Readonly<Record<string, string>>
  body: string | Uint8Array<ArrayBuffer>
}

type Http = ReturnType<typeof createHttp>
export type SendOverHttp = (message: Message, http: Http, now: () => number) => Promise<void>

const longestBody = 8192
/** A service's retry-after is limited to this. ms */
const longestWait = day
const defaultTimeout = 15 * second

/**
 * The transport of a service with an HTTP API.
 * @param send throws DeliveryError unless the service accepts the message
 * @param account reads something that needs the same credentials; undefined: the service has no such call
 */
export function overHttp(
  service: string | Localized,
  recipients: readonly string[],
  send: SendOverHttp,
  account?: Account,
): CreateTransport {
  return ({ now, timeout }) => {
    const http = createHttp(service, timeout)
    const check = account && (() => http.check(account))
    return { recipients, send: (message) => send(message, http, now), check, close: http.close }
  }
}

/** An address that answers with success to the right credentials only. */
export interface Account {
  address: string
  headers?: Post['headers']
  /** Meaning of an error documented by the service; `undefined`: that of the HTTP status. */
  meaningOf?: (answer: Answer) => readonly [FailureKind, Localized] | undefined
}

/**
 * The HTTP client of all channels. It follows no redirect and reads at most 8 KB of a body. No error contains an address,
 * a header or a body, because tokens can be in all of them.
 * @param service its name in error messages, such as `Telegram` or `the webhook at example.org`
 * @param timeout ms until a response must arrive
 */
export function createHttp(service: string | Localized, timeout = defaultTimeout) {
  const words = httpWords(typeof service === 'string' ? localized(service, service) : service)
  const closing = new AbortController()

  async function request(method: 'GET' | 'POST', address: string, { headers, body }: Partial<Post>): Promise<Answer> {
    const late = AbortSignal.timeout(timeout)
    try {
      const response = await fetch(address, {
        method,
        redirect: 'manual',
        // An idle connection may break just when the next message is sent.
        headers: { 'User-Agent': 'Hearthwatch', Connection: 'close', 'Accept-Encoding': 'identity', ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.any([closing.signal, late]),
      })
      return { status: response.status, retryAfter: retryAfterOf(response.headers), ...(await readBody(response)) }
    } catch (error) {
      if (closing.signal.aborted) throw new DeliveryError('later', words.aborted)
      if (late.aborted) throw new DeliveryError('later', words.timedOut(Math.ceil(timeout / second)))
      throw new DeliveryError(...withoutAnswer(words, error))
    }
  }

  return {
    /** @throws DeliveryError if there is no response */
    post: (address: string, sent: Post): Promise<Answer> => request('POST', address, sent),

    /** Reads an account. @throws DeliveryError unless the service accepts the credentials */
    async check({ address, headers = {}, meaningOf }: Account): Promise<void> {
      const answer = await request('GET', address, { headers })
      if (!isSuccess(answer)) throw this.failure(answer, meaningOf?.(answer))
    },

    /** Posts JSON. @throws as `post` does */
    postJson(address: string, body: object, headers: Post['headers'] = {}): Promise<Answer> {
      return this.post(address, { headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) })
    },

    /**
     * The error for an unsuccessful response.
     * @param own meaning documented by the service; `undefined`: the meaning of the HTTP status
     */
    failure(answer: Answer, own?: readonly [FailureKind, Localized] | undefined, retryAfter = answer.retryAfter): DeliveryError {
      const [kind, why] = own ?? meaningOf(answer.status)
      return new DeliveryError(kind, words.answered(why, answer.status), { retryAfter })
    },

    close(): void {
      closing.abort()
    },
  }
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** The body as a JSON object; undefined if it is not one. */
export function jsonOf({ body }: Answer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function meaningOf(status: number): [FailureKind, Localized] {
  if (status >= 300 && status < 400) return ['locked-out', answers.redirected]
  if (status === 401 || status === 403) return ['locked-out', answers.password]
  if (status === 404 || status === 405 || status === 410) return ['locked-out', answers.notFound]
  if (status === 408 || status === 409 || status === 425 || status === 500) return ['later', answers.notNow]
  if (status === 429) return ['unreachable', answers.tooMany]
  if (status > 500) return ['unreachable', answers.unavailable]
  return ['refused', answers.refused]
}

async function readBody(response: Response): Promise<Pick<Answer, 'body' | 'complete'>> {
  const decoder = new TextDecoder()
  let body = ''
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      body += decoder.decode(chunk, { stream: true })
      if (size >= longestBody) return { body: body.slice(0, longestBody), complete: false }
    }
    return { body, complete: true }
  } catch {
    // The status has been received, which is enough.
    return { body, complete: false }
  }
}

function retryAfterOf(headers: Headers): number | null {
  const text = headers.get('retry-after') ?? ''
  const wait = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return waitOf(wait)
}

/** A wait that a server asks for, limited to a day; null if it is not a number. ms */
export function waitOf(ms: unknown): number | null {
  return typeof ms === 'number' && ms >= 0 ? Math.min(ms, longestWait) : null
}

function withoutAnswer(words: ReturnType<typeof httpWords>, error: unknown): [FailureKind, Localized] {
  const { cause } = error as Error
  const { code = '', message = '' } = (cause ?? {}) as { code?: string; message?: string }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ['unreachable', words.hostUnknown]
  if (code === 'ECONNREFUSED') return ['unreachable', words.connectionRefused]
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return ['unreachable', words.outOfReach]
  if (/CERT|SIGNATURE|ALTNAME|HOSTNAME|^INVALID_|^PATH_LENGTH/.test(code)) return ['unreachable', words.certificate(code)]
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return ['unreachable', words.noTls]
  if (message === 'bad port') return ['locked-out', words.badPort]
  return ['later', words.broke(code)]
}
