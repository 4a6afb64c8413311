import { DeliveryError, type FailureKind } from './channel.ts'

/** What a server has answered. */
export interface Answer {
  status: number
  /** What it asks us to wait before the next message, ms. */
  retryAfter: number | null
  /** The body, as far as it was read; only for the codes that the service documents, never for people or the log. */
  body: string
  /** The body is all there. */
  complete: boolean
}

export interface Post {
  headers: Readonly<Record<string, string>>
  body: string
}

export type Http = ReturnType<typeof createHttp>

const longestBody = 8192
/** Nobody is believed who wants us to wait for longer, ms. */
const longestWait = 24 * 3_600_000
/** ms. */
export const usualPatience = 15_000

/**
 * The only place from which messages leave over HTTP. Redirects are not followed, bodies are read up to 8 KB, and no
 * error repeats an address, a header or an answer: tokens stand in all of them.
 * @param service what people know it by, such as `Telegram` or `the webhook at example.org`
 * @param patience ms until an answer must be there
 */
export function createHttp(service: string, patience = usualPatience) {
  const first = atStart(service)
  const closing = new AbortController()

  return {
    /** @throws DeliveryError where there is no answer */
    async post(address: string, { headers, body }: Post): Promise<Answer> {
      const timeout = AbortSignal.timeout(patience)
      try {
        const response = await fetch(address, {
          method: 'POST',
          redirect: 'manual',
          // A connection that has been idle may break just when the next message goes out.
          headers: { 'User-Agent': 'Hearthwatch', Connection: 'close', 'Accept-Encoding': 'identity', ...headers },
          body,
          signal: AbortSignal.any([closing.signal, timeout]),
        })
        return { status: response.status, retryAfter: retryAfterOf(response.headers), ...(await readBody(response)) }
      } catch (error) {
        if (closing.signal.aborted) throw new DeliveryError('later', `What was on its way to ${service} was broken off: the monitor ends.`)
        if (timeout.aborted) throw new DeliveryError('later', `${first} did not answer within ${Math.ceil(patience / 1000)} seconds.`)
        throw new DeliveryError(...withoutAnswer(service, error))
      }
    },

    /**
     * What an answer that is not a yes means; what the service documents beyond HTTP comes first.
     * @param own `undefined` where the service has nothing to add
     */
    failure(answer: Answer, own?: readonly [FailureKind, string] | undefined, retryAfter = answer.retryAfter): DeliveryError {
      const [kind, why] = own ?? meaningOf(answer.status)
      return new DeliveryError(kind, `${first} ${why} (HTTP ${answer.status}).`, { retryAfter })
    },

    close(): void {
      closing.abort()
    },
  }
}

export function isYes({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** The body as JSON; undefined where it is none. */
export function jsonOf({ body }: Answer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function meaningOf(status: number): [FailureKind, string] {
  if (status >= 300 && status < 400)
    return ['locked-out', 'sends us to another address, where nothing is sent: put the right one into the settings']
  if (status === 401 || status === 403) return ['locked-out', 'does not accept the token or password in the settings']
  if (status === 404 || status === 405 || status === 410) return ['locked-out', 'has nothing at the address in the settings']
  if (status === 408 || status === 409 || status === 425 || status === 500) return ['later', 'could not take the message now']
  if (status === 429) return ['unreachable', 'wants no more messages for now']
  if (status > 500) return ['unreachable', 'is not available now']
  return ['refused', 'refused the message']
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
    // The status has been said, and that is the answer.
    return { body, complete: false }
  }
}

function retryAfterOf(headers: Headers): number | null {
  const text = headers.get('retry-after') ?? ''
  const wait = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return waitOf(wait)
}

/** A wait that a server has asked for, ms, as far as it makes sense. */
export function waitOf(ms: unknown): number | null {
  return typeof ms === 'number' && ms >= 0 ? Math.min(ms, longestWait) : null
}

function withoutAnswer(service: string, error: unknown): [FailureKind, string] {
  const { cause } = error as Error
  const first = atStart(service)
  const { code = '', message = '' } = (cause ?? {}) as { code?: string; message?: string }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return ['unreachable', `${first} is not known by its name: is the network up, and the name right?`]
  if (code === 'ECONNREFUSED') return ['unreachable', `Nothing listens where ${service} should be: is it running, and the port right?`]
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return ['unreachable', `${first} cannot be reached: is the network up, and the address right?`]
  if (/CERT|SIGNATURE|ALTNAME|HOSTNAME|^INVALID_|^PATH_LENGTH/.test(code))
    return ['unreachable', `The certificate of ${service} is not right, so nothing is told to it (${code}).`]
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return ['unreachable', `${first} does not speak TLS there: is it http instead of https?`]
  if (message === 'bad port') return ['locked-out', `The port of ${service} in the settings is one that nobody may send to.`]
  return ['later', `The connection to ${service} broke before there was an answer${code === '' ? '' : ` (${code})`}.`]
}

function atStart(service: string): string {
  return service.charAt(0).toUpperCase() + service.slice(1)
}
