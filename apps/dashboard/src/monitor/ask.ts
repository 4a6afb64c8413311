import type { ErrorAnswer, FieldProblem } from '@hearthwatch/api/errors'
import { signal } from '@preact/signals'

/** The request needs a login. */
export class LoginNeeded extends Error {}

/** Number of requests that were refused because the login has ended. */
export const loginNeeded = signal(0)

/** The monitor did not answer. */
export class Unreachable extends Error {}

/** The monitor answered with an error. */
export class Refused extends Error {
  readonly status: number
  /** The wrong fields of the request. */
  readonly fields: readonly FieldProblem[]
  /** s */
  readonly retryAfter: number
  constructor(response: Response, answer: Partial<ErrorAnswer> | null) {
    super(answer?.error ?? response.statusText)
    this.status = response.status
    this.fields = answer?.fields ?? []
    this.retryAfter = Number(response.headers.get('retry-after') ?? 0)
  }
}

let ahead = 0

/** The time on the monitor's clock, ms. Ages are computed with it because a phone's clock may be wrong. */
export const now = (): number => Date.now() + ahead

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  signal?: AbortSignal
}

/** ms for an answer on which others wait: a frozen monitor keeps a request open for ever */
const patience = 8000

/** Ends a request that takes too long. */
export function withinPatience(): AbortSignal {
  const end = new AbortController()
  setTimeout(() => end.abort(), patience)
  return end.signal
}

/**
 * Sends a request to the monitor.
 * @param path relative to the page: `api/rooms`
 * @throws LoginNeeded, Refused, or Unreachable
 */
export async function ask<T = unknown>(path: string, { method = 'GET', body, signal }: RequestOptions = {}): Promise<T> {
  const response = await reach(path, {
    method,
    signal: signal ?? null,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const date = Date.parse(response.headers.get('date') ?? '')
  // The header has whole seconds, so smaller differences are ignored.
  if (!Number.isNaN(date)) ahead = Math.abs(date - Date.now()) < 2000 ? 0 : date - Date.now()
  // A proxy without its monitor answers with a page of its own.
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const answer = isJson ? await response.json() : null
  if (response.status === 401 && path !== 'api/session') {
    loginNeeded.value += 1
    throw new LoginNeeded()
  }
  if (!response.ok && !(path === 'api/health' && isJson)) throw new Refused(response, answer)
  return answer as T
}

async function reach(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(path, request)
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new Unreachable()
  }
}

/** `path` with a query string of the values that are not undefined. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return `${path}?${new URLSearchParams(given)}`
}
