import type { Log } from '@hearthwatch/log'
import { hour, minute, second } from '@hearthwatch/protocol/durations'

export interface DeadManSwitchOptions {
  /** Address of a service that alerts its user if calls stop; undefined: switched off. */
  url: string | undefined
  /** The current problem of the monitor; null: none. */
  problem(): string | null
  now(): number
  log: Log
  /** ms between two calls */
  every?: number
}

const timeout = 10 * second
/** Failed calls are logged at most once in this time. ms */
const logInterval = hour

/**
 * A dead man's switch: while the monitor works, it calls an external service once a minute. If the monitor has a problem or
 * has died, the calls stop, and the service alerts its user.
 */
export function startDeadManSwitch({ url, problem, now, log, every = minute }: DeadManSwitchOptions): { close(): void } {
  if (url === undefined) return { close() {} }
  const address = url
  const closing = new AbortController()
  let lastLogged = Number.NEGATIVE_INFINITY
  let failing = false
  let known: string | null = null

  async function tick(): Promise<void> {
    const wrong = problem()
    if (wrong !== known && wrong !== null) log.warn('PING_URL is not called while the monitor has a problem', { why: wrong })
    if (wrong !== known && wrong === null) log.info('the monitor works again; PING_URL is called')
    known = wrong
    if (wrong !== null) return
    const failure = await call(address, closing.signal)
    if (closing.signal.aborted) return
    if (failure === null) {
      if (failing) log.info('PING_URL can be called again')
      failing = false
      return
    }
    failing = true
    const since = now() - lastLogged
    if (since >= 0 && since < logInterval) return
    lastLogged = now()
    log.warn('PING_URL could not be called; retrying at the next interval', { why: failure })
  }

  const timer = setInterval(() => void tick(), every)
  // First call soon after the start, when problems of the start are known.
  const first = setTimeout(() => void tick(), Math.min(every, 5 * second))
  return {
    close() {
      clearInterval(timer)
      clearTimeout(first)
      closing.abort()
    },
  }
}

/** @returns the reason of a failure, without the address; null: success */
async function call(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const late = AbortSignal.timeout(timeout)
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
      headers: { 'user-agent': 'Hearthwatch' },
    })
    await response.body?.cancel()
    if (response.ok) return null
    return response.status < 400
      ? `The service redirects (${response.status}); set PING_URL to the target of the redirect.`
      : `The service answers HTTP ${response.status}.`
  } catch (error) {
    // Error messages of fetch contain the address.
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return name === 'TimeoutError'
      ? `The service did not answer within ${timeout / second} s.`
      : `The service cannot be reached (${cause?.code ?? name}).`
  }
}
