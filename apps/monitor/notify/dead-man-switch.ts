import type { Log } from '@hearthwatch/log'

export interface DeadManSwitchOptions {
  /** Of a service that tells somebody when it has not been called for a while; none: there is no watchdog. */
  url: string | undefined
  /** What is wrong, in plain words; null: nothing. */
  problem(): string | null
  now(): number
  log: Log
  /** ms between two calls */
  every?: number
}

const timeout = 10_000
/** Trouble with the service is logged once in so long, ms. */
const quietFor = 3_600_000

/**
 * Watches the watcher: while all is well a service elsewhere is called once a minute. It is not called where something is
 * wrong: a monitor that cannot tell anybody is told of by its silence.
 */
export function startDeadManSwitch({ url, problem, now, log, every = 60_000 }: DeadManSwitchOptions): { close(): void } {
  if (url === undefined) return { close() {} }
  const address = url
  const closing = new AbortController()
  let lastLogged = Number.NEGATIVE_INFINITY
  let failing = false
  let known: string | null = null

  async function tick(): Promise<void> {
    const wrong = problem()
    if (wrong !== known && wrong !== null) log.warn('the watchdog is not called while something is wrong', { why: wrong })
    if (wrong !== known && wrong === null) log.info('all is well again: the watchdog is called')
    known = wrong
    if (wrong !== null) return
    const trouble = await call(address, closing.signal)
    if (closing.signal.aborted) return
    if (trouble === null) {
      if (failing) log.info('the watchdog can be called again')
      failing = false
      return
    }
    failing = true
    const since = now() - lastLogged
    if (since >= 0 && since < quietFor) return
    lastLogged = now()
    log.warn('the watchdog of PING_URL could not be called', { why: trouble })
  }

  const timer = setInterval(() => void tick(), every)
  // Soon after the start: what is wrong then is known by now.
  const first = setTimeout(() => void tick(), Math.min(every, 5000))
  return {
    close() {
      clearInterval(timer)
      clearTimeout(first)
      closing.abort()
    },
  }
}

/** @returns what went wrong, without the address; null: nothing */
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
      ? `It redirects (${response.status}): use the address that it redirects to.`
      : `It answers ${response.status}.`
  } catch (error) {
    // Messages of fetch repeat the address.
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return name === 'TimeoutError' ? `It did not answer within ${timeout / 1000} s.` : `It cannot be reached (${cause?.code ?? name}).`
  }
}
