/** The monitor wants to know who we are. */
export class LoginNeeded extends Error {}

/** What the monitor answered, where that was not what we asked for. */
export class Refused extends Error {
  /** @param {Response} response @param {string} message */
  constructor(response, message) {
    super(message)
    this.status = response.status
    this.retryAfter = Number(response.headers.get('retry-after') ?? 0)
  }
}

/** How far the monitor's clock is ahead of ours, ms: ages are told by its clock, not by that of a phone. */
let ahead = 0

/** The time on the monitor's clock, ms. */
export const now = () => Date.now() + ahead

/**
 * @param {string} path
 * @param {{ method?: string, body?: unknown }} [request]
 */
export async function ask(path, { method = 'GET', body } = {}) {
  const headers = body === undefined ? undefined : { 'content-type': 'application/json' }
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  const date = Date.parse(response.headers.get('date') ?? '')
  // The header has whole seconds: a difference smaller than that is none.
  if (!Number.isNaN(date)) ahead = Math.abs(date - Date.now()) < 2000 ? 0 : date - Date.now()
  const answer = response.status === 204 ? null : await response.json()
  if (response.status === 401 && path !== 'api/session') throw new LoginNeeded()
  if (!response.ok && path !== 'api/health') throw new Refused(response, answer?.error ?? response.statusText)
  return answer
}

/**
 * Listens to what happens.
 * @param {{ onOpen(): void, onBroken(): void, onEnd(): void, on: Record<string, (data: any) => void> }} ears
 * @returns the way to stop
 */
export function listen({ onOpen, onBroken, onEnd, on }) {
  const source = new EventSource('api/events')
  source.onopen = onOpen
  source.onerror = () => (source.readyState === EventSource.CLOSED ? onEnd() : onBroken())
  for (const [type, hear] of Object.entries(on)) source.addEventListener(type, (event) => hear(JSON.parse(event.data)))
  return () => source.close()
}
