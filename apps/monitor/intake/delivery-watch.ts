import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { type Link, type Packet, Refused } from '@hearthwatch/mqtt'
import { minute, second } from '@hearthwatch/protocol/durations'

/** The broker accepts the connection and delivers nothing on some of the subscribed topics. */
export interface Deafness {
  /** ms */
  readonly since: number
  /** Filters on which nothing arrives; a root whose filters are all missing is one filter, such as `home/#`. */
  readonly missing: readonly string[]
  /** True if nothing arrives on any of them. */
  readonly isComplete: boolean
}

export interface DeliveryWatchOptions {
  /** All subscriptions; the greeting is published on the first one. */
  filters: readonly string[]
  clientId: string
  /** Publishes the greeting again. */
  greet(link: Link): Promise<void>
  /** Called when the greeting has not come back in time, and on each later attempt. */
  onDeaf(deafness: Deafness): void
  now(): number
  log: Log
  /** Time for the greeting to come back, and between two later attempts. ms */
  timeout?: number
}

export type DeliveryWatch = ReturnType<typeof watchDelivery>

/** Time for the probes to come back; shorter than the timeout. ms */
const answerTime = 2 * second

/**
 * Finds a broker that accepts the connection and all subscriptions, and delivers nothing. In MQTT 3.1.1 an access list refuses
 * without a word, and in MQTT 5 the broker need not tell. The monitor's own greeting must come back on each connection. If it does not, each subscription is probed by
 * a message that is not retained, so that the missing grants can be named.
 */
export function watchDelivery({ filters, clientId, greet, onDeaf, now, log, timeout = minute }: DeliveryWatchOptions) {
  const [greeting = '', ...others] = filters
  /** Text of the probes: other programs may see them, and must not take them for a reading. */
  const token = `probe-${randomBytes(6).toString('hex')}`
  const probes = new Map(others.map((filter) => [probeTopic(filter, clientId), filter]))
  const arrived = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let deafness: Deafness | null = null
  let greetings = 0

  const attemptAfter = (wait: number, link: Link) => {
    clearTimeout(timer)
    timer = setTimeout(attempt, wait, link)
  }
  const attemptLater = (link: Link) => attemptAfter(timeout, link)

  async function attempt(link: Link): Promise<void> {
    // The birth message is not acknowledged yet, or the connection has just been lost.
    if (link.state !== 'connected') return attemptLater(link)
    arrived.clear()
    timer = setTimeout(conclude, Math.min(answerTime, timeout), link)
    await publishProbes(link).catch((error: Error) => log.debug('could not publish a probe', { error }))
  }

  async function publishProbes(link: Link): Promise<void> {
    const messages = [...probes.keys()].map((topic) => link.publish(topic, token, { qos: 0, retain: false }))
    // In MQTT 5 the broker may refuse the greeting; the other probes have QoS 0.
    const greeted = greet(link).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error
    })
    await Promise.all([greeted, ...messages])
  }

  function conclude(link: Link): void {
    if (link.state !== 'connected') return attemptLater(link)
    const missing = [greeting, ...others.filter((filter) => !arrived.has(filter))]
    const isFirst = deafness === null
    deafness = { since: deafness?.since ?? now(), missing: byRoot(missing, filters), isComplete: missing.length === filters.length }
    attemptLater(link)
    if (isFirst) {
      const grants = deafness.missing.join(', ')
      log.error('the broker accepts the connection but does not deliver: its access list must let this user read and write these topics', {
        topics: grants,
      })
    }
    onDeaf(deafness)
  }

  return {
    get deafness() {
      return deafness
    },
    /** The greeting is about to be published on a new connection. */
    connected: attemptLater,
    /** The broker has refused the greeting, as MQTT 5 allows: the other grants are probed as soon as the link is connected. */
    refused: (link: Link) => attemptAfter(Math.min(second, timeout), link),
    /** The greeting has come back. */
    greeted(): void {
      clearTimeout(timer)
      greetings += 1
      if (deafness === null) return
      log.info('the broker delivers', { after: `${Math.round((now() - deafness.since) / second)} s` })
      deafness = null
    },
    /** Probes all subscriptions now. @returns the filters on which nothing arrives */
    async probe(link: Link): Promise<readonly string[]> {
      const before = greetings
      arrived.clear()
      await publishProbes(link)
      const end = performance.now() + answerTime
      while ((greetings === before || arrived.size < others.length) && performance.now() < end) await delay(20)
      return byRoot([...(greetings === before ? [greeting] : []), ...others.filter((filter) => !arrived.has(filter))], filters)
    },
    /** True for a probe of this monitor, which nobody else should see. */
    isProbe({ topic, payload }: Packet): boolean {
      const filter = probes.get(topic)
      if (filter === undefined || payload.toString() !== token) return false
      arrived.add(filter)
      return true
    },
    /** The connection was lost, or closed. */
    disconnected(): void {
      clearTimeout(timer)
      deafness = null
    },
  }
}

/** A topic that the filter matches, and that belongs to no room and no other device. */
export function probeTopic(filter: string, clientId: string): string {
  const name = `${clientId}-probe`
  return filter.replaceAll('+', name).replace(/#$/, name)
}

/** Replaces all filters of a root by one if all of them are missing: that is how an access list grants them. */
export function byRoot(missing: readonly string[], filters: readonly string[]): string[] {
  const rootOf = (filter: string) => filter.slice(0, filter.indexOf('/'))
  const whole = (root: string) => {
    const own = filters.filter((filter) => rootOf(filter) === root)
    return own.length > 1 && own.every((filter) => missing.includes(filter))
  }
  return [...new Set(missing.map((filter) => (whole(rootOf(filter)) ? `${rootOf(filter)}/#` : filter)))]
}
