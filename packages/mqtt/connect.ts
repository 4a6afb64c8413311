import { lastingState } from '@hearthwatch/log'
import { Store } from 'mqtt'
import type { BrokerLimits } from './connection/broker-limits.ts'
import { type Connection, open } from './connection/connection.ts'
import { afterAccept, afterEnd, beginWith, nameOf } from './connection/version.ts'
import { prefixed, type Reason } from './failures/reason.ts'
import { explain, explainTaken } from './failures/refusal.ts'
import { afterEnding, type Ending, firstAttempt, recentLosses } from './failures/retry.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { Link, LinkOptions, LinkState } from './link.ts'
import { NotConnected } from './requests/not-connected.ts'
import { checkFilters, checkMessage } from './requests/outgoing.ts'
import { readAddress } from './settings/address.ts'
import { withPrefix } from './settings/prefix.ts'

/**
 * Connects to the broker and reconnects until `close`. It offers MQTT 5; a broker that refuses it is spoken to by 3.1.1 at once, and
 * from then on.
 * @throws TypeError for a `url` that is no broker's address; every other failure shows in `state` and `why`
 */
export function connect(options: LinkOptions, usual: Limits = defaultLimits): Link {
  const { log, prefix = '', version = 'auto', keepalive = usual.keepalive, leastWait = 0 } = options
  // The jitter halves a wait.
  const atLeast = (wait: number) => Math.max(wait, 2 * leastWait)
  const limits = { ...usual, keepalive, firstWait: atLeast(usual.firstWait), longestWait: atLeast(usual.longestWait) }
  const address = readAddress(options)
  const at = (en: string, zhTW: string) => prefixed(address.hostPort, { en, 'zh-TW': zhTW })
  let negotiation = beginWith(version)
  let maxQos = options.maxQos ?? 2
  // Must outlive a connection, or a message of QoS 2 could be delivered twice. `clean: false` preserves it when a client ends.
  const received = new Store({ clean: false })
  let state: LinkState = 'connecting'
  let why: Reason = { en: `connecting to ${address.hostPort}`, 'zh-TW': `正在連線到 ${address.hostPort}` }
  const outage = lastingState(log, 'warn')
  let retry = firstAttempt
  let connection: Connection | undefined
  let closing: Promise<void> | undefined
  let stuckTimer: NodeJS.Timeout | undefined = setTimeout(onStuck, limits.stuckAfter)
  // Deferred, so that no callback runs before the caller has the link.
  let timer = setTimeout(attempt, 0)

  if (options.ca !== undefined && !address.secure) log.warn('CA file ignored: the address does not use TLS', { url: address.hostPort })

  function attempt() {
    timer = setTimeout(() => connection?.drop(at('the connection attempt timed out', '連線逾時')), limits.attempt)
    try {
      const opened = open({ ...options, maxQos }, negotiation.level, readAddress(options), received, limits, {
        accepted: (session, broker) => void onAccepted(opened, session, broker),
        ended,
      })
      connection = opened
    } catch (error) {
      // An invalid certificate or key throws here.
      ended({ how: 'unreachable', why: explain(error, false, address), lasted: 0 })
    }
  }

  async function onAccepted(current: Connection, session: { present: boolean }, broker: BrokerLimits) {
    if (!negotiation.isSettled && negotiation.level === 4) onOldVersion('closed')
    negotiation = afterAccept(negotiation)
    try {
      await options.onConnect(link, session)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      current.drop(at(`subscribing or announcing failed: ${text}`, `訂閱或上線通知失敗：${text}`))
    }
    if (!current.accepted || state === 'closed') return
    clearTimeout(timer)
    clearTimeout(stuckTimer)
    stuckTimer = undefined
    outage.end('the connection is back')
    const lacks = [...(broker.hasRetain ? [] : ['retained messages']), ...(broker.maxQos < maxQos ? [`QoS ${maxQos}`] : [])]
    log.info('connected', {
      broker: address.hostPort,
      session: session.present ? 'kept' : 'new',
      mqtt: nameOf(negotiation.level),
      ...(lacks.length > 0 && { without: lacks.join(', ') }),
    })
    enter('connected', { en: '', 'zh-TW': '' })
  }

  function onOldVersion(answer: string) {
    log.info('the broker refuses MQTT 5; MQTT 3.1.1 is used until the next start', { broker: address.hostPort, answer })
  }

  function ended(ending: Ending) {
    connection = undefined
    if (state === 'closed') return
    if (ending.isAtQos2 && maxQos === 2) {
      log.warn('the connection ended at a message of QoS 2, which this broker may not have; QoS 1 is used from now on')
      maxQos = 1
    }
    clearTimeout(timer)
    const { again, ...agreed } = afterEnd(negotiation, ending.versionRefused)
    negotiation = agreed
    if (again) {
      if (agreed.isSettled) onOldVersion('refused')
      timer = setTimeout(attempt, 0)
      return
    }
    const next = afterEnding(retry, ending, Math.random(), limits, performance.now())
    retry = next.retry
    timer = setTimeout(attempt, next.wait)
    stuckTimer ??= setTimeout(onStuck, limits.stuckAfter)
    const isGuess = next.state === 'taken' && ending.how !== 'taken'
    const nextWhy = isGuess ? explainTaken(options.clientId, address, next.retry.losses.length) : ending.why
    outage.begin('not connected; retrying', { why: nextWhy.en })
    enter(next.state, nextWhy)
  }

  function enter(nextState: LinkState, nextWhy: Reason) {
    if (state === nextState && why.en === nextWhy.en) return
    state = nextState
    why = nextWhy
    options.onState?.(state, why.en)
  }

  function onStuck() {
    log.error('no connection for a long time', { why: why.en })
    options.onStuck?.()
    if (state === 'closed') return
    // If the program goes on, the link is as new as after a start.
    stuckTimer = setTimeout(onStuck, limits.stuckAfter)
    retry = firstAttempt
    negotiation = beginWith(version)
    clearTimeout(timer)
    if (connection === undefined) attempt()
    else connection.drop(at('given up after a long time without a connection', '長時間沒有連線，放棄這次連線'))
  }

  /** @throws NotConnected */
  function current(): Connection {
    if (connection?.accepted !== true || state === 'closed') throw new NotConnected(why.en)
    return connection
  }

  const link: Link = {
    get state() {
      return state
    },
    get why() {
      return why.en
    },
    get reason() {
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
    enter('closed', { en: 'closed', 'zh-TW': '已關閉' })
    await connection?.disconnect()
  }

  return link
}
