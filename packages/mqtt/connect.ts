import { lastingState } from '@hearthwatch/log'
import { Store } from 'mqtt'
import { readAddress } from './address.ts'
import { type Connection, open } from './connection.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { Link, LinkOptions, LinkState } from './link.ts'
import { NotConnected } from './not-connected.ts'
import { checkFilters, checkMessage } from './outgoing.ts'
import { withPrefix } from './prefix.ts'
import { explain, explainTaken } from './refusal.ts'
import { afterEnding, type Ending, firstAttempt, recentLosses } from './retry.ts'

/**
 * Connects to the broker by MQTT 3.1.1 and reconnects until `close`.
 * @throws TypeError for a `url` that is no broker's address; every other failure shows in `state` and `why`
 */
export function connect(options: LinkOptions, limits: Limits = defaultLimits): Link {
  const { log, prefix = '' } = options
  const address = readAddress(options)
  let maxQos = options.maxQos ?? 2
  // Must outlive a connection, or a message of QoS 2 could be delivered twice. `clean: false` preserves it when a client ends.
  const received = new Store({ clean: false })
  let state: LinkState = 'connecting'
  let why = `connecting to ${address.hostPort}`
  const outage = lastingState(log, 'warn')
  let retry = firstAttempt
  let connection: Connection | undefined
  let closing: Promise<void> | undefined
  let stuckTimer: NodeJS.Timeout | undefined = setTimeout(onStuck, limits.stuckAfter)
  // Deferred, so that no callback runs before the caller has the link.
  let timer = setTimeout(attempt, 0)

  if (options.ca !== undefined && !address.secure) log.warn('CA file ignored: the address does not use TLS', { url: address.hostPort })

  function attempt() {
    timer = setTimeout(() => connection?.drop(`${address.hostPort}: the connection attempt timed out`), limits.attempt)
    try {
      const opened = open({ ...options, maxQos }, readAddress(options), received, limits, {
        accepted: (session) => void onAccepted(opened, session),
        ended,
      })
      connection = opened
    } catch (error) {
      // An invalid certificate or key throws here.
      ended({ how: 'unreachable', why: explain(error, false, address), lasted: 0 })
    }
  }

  async function onAccepted(current: Connection, session: { present: boolean }) {
    try {
      await options.onConnect(link, session)
    } catch (error) {
      current.drop(`${address.hostPort}: subscribing or announcing failed: ${error instanceof Error ? error.message : error}`)
    }
    if (!current.accepted || state === 'closed') return
    clearTimeout(timer)
    clearTimeout(stuckTimer)
    stuckTimer = undefined
    outage.end('the connection is back')
    log.info('connected', { broker: address.hostPort, session: session.present ? 'kept' : 'new' })
    enter('connected', '')
  }

  function ended(ending: Ending) {
    connection = undefined
    if (state === 'closed') return
    if (ending.isAtQos2 && maxQos === 2) {
      log.warn('the connection ended at a message of QoS 2, which this broker may not have; QoS 1 is used from now on')
      maxQos = 1
    }
    clearTimeout(timer)
    const next = afterEnding(retry, ending, Math.random(), limits, performance.now())
    retry = next.retry
    timer = setTimeout(attempt, next.wait)
    stuckTimer ??= setTimeout(onStuck, limits.stuckAfter)
    const nextWhy = next.state === 'taken' ? explainTaken(options.clientId, address, next.retry.losses.length) : ending.why
    outage.begin('not connected; retrying', { why: nextWhy })
    enter(next.state, nextWhy)
  }

  function enter(nextState: LinkState, nextWhy: string) {
    if (state === nextState && why === nextWhy) return
    state = nextState
    why = nextWhy
    options.onState?.(state, why)
  }

  function onStuck() {
    log.error('no connection for a long time', { why })
    options.onStuck?.()
    if (state === 'closed') return
    // If the program goes on, the link is as new as after a start.
    stuckTimer = setTimeout(onStuck, limits.stuckAfter)
    retry = firstAttempt
    clearTimeout(timer)
    if (connection === undefined) attempt()
    else connection.drop(`${address.hostPort}: given up after a long time without a connection`)
  }

  /** @throws NotConnected */
  function current(): Connection {
    if (connection?.accepted !== true || state === 'closed') throw new NotConnected(why)
    return connection
  }

  const link: Link = {
    get state() {
      return state
    },
    get why() {
      return why
    },
    get losses() {
      return recentLosses(retry, performance.now(), limits).length
    },
    get certificateEnd() {
      return connection?.accepted === true ? connection.certificateEnd : null
    },
    async publish(topic, payload, how) {
      checkMessage(withPrefix(prefix, topic), payload, limits.packetSize)
      const connected = current()
      options.onPublish?.(topic, payload, how)
      await connected.publish(topic, payload, how)
    },
    async subscribe(filters) {
      checkFilters(Object.keys(filters).map((filter) => withPrefix(prefix, filter)))
      await current().subscribe(filters)
    },
    async unsubscribe(filters) {
      checkFilters(filters)
      await current().unsubscribe(filters)
    },
    close() {
      closing ??= disconnect()
      return closing
    },
  }

  async function disconnect() {
    clearTimeout(timer)
    clearTimeout(stuckTimer)
    enter('closed', 'closed')
    await connection?.disconnect()
  }

  return link
}
