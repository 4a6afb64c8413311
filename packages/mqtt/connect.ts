import { Store } from 'mqtt'
import { readAddress } from './address.ts'
import { type Connection, open } from './connection.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { Link, LinkOptions, LinkState } from './link.ts'
import { NotConnected } from './not-connected.ts'
import { checkFilters, checkMessage } from './outgoing.ts'
import { explain, explainTaken } from './refusal.ts'
import { afterEnding, type Ending, noMemory } from './retry.ts'

/**
 * Connects to the broker and stays connected, over one connection after another, until `close`.
 * It speaks MQTT 3.1.1, which all brokers understand.
 * @throws TypeError for a `url` that is no broker's address; everything else that may be wrong shows in `state` and `why`
 */
export function connect(options: LinkOptions, limits: Limits = defaultLimits): Link {
  const { log } = options
  const address = readAddress(options)
  // It outlives the connections, or a message of QoS 2 could come twice; it keeps what it has when a client ends.
  const received = new Store({ clean: false })
  let state: LinkState = 'connecting'
  let why = `connecting to ${address.place}`
  let told = ''
  let memory = noMemory
  let connection: Connection | undefined
  let closing: Promise<void> | undefined
  let stuck: NodeJS.Timeout | undefined = setTimeout(onStuck, limits.stuckAfter)
  // Not at once: nothing is called before the caller has the link.
  let timer = setTimeout(attempt, 0)

  if (options.ca !== undefined && !address.secure) log.warn('a CA is given, but the address is not one of TLS', { url: address.place })

  function attempt() {
    timer = setTimeout(() => connection?.drop(`${address.place}: no connection came about`), limits.attempt)
    try {
      const opened = open(options, address, received, limits, {
        accepted: (session) => void announce(opened, session),
        ended,
      })
      connection = opened
    } catch (error) {
      // A certificate or key that is none shows here.
      ended({ how: 'unreachable', why: explain(error, false, address), held: 0 })
    }
  }

  async function announce(current: Connection, session: { present: boolean }) {
    try {
      await options.onConnect(link, session)
    } catch (error) {
      current.drop(`${address.place}: subscribing or announcing failed: ${error instanceof Error ? error.message : error}`)
    }
    if (!current.accepted || state === 'closed') return
    clearTimeout(timer)
    clearTimeout(stuck)
    stuck = undefined
    told = ''
    log.info('connected', { broker: address.place, session: session.present ? 'kept' : 'new' })
    enter('connected', '')
  }

  function ended(ending: Ending) {
    connection = undefined
    if (state === 'closed') return
    clearTimeout(timer)
    const next = afterEnding(memory, ending, Math.random(), limits)
    memory = next.memory
    timer = setTimeout(attempt, next.wait)
    stuck ??= setTimeout(onStuck, limits.stuckAfter)
    const nextWhy = next.state === 'taken' ? explainTaken(options.clientId, address) : ending.why
    if (nextWhy !== told) log.warn('not connected', { why: nextWhy })
    told = nextWhy
    enter(next.state, nextWhy)
  }

  function enter(nextState: LinkState, nextWhy: string) {
    if (state === nextState && why === nextWhy) return
    state = nextState
    why = nextWhy
    options.onState?.(state, why)
  }

  function onStuck() {
    stuck = undefined
    log.error('no connection for a long time', { why })
    options.onStuck?.()
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
    async publish(topic, payload, how) {
      checkMessage(topic, payload, limits.packetSize)
      const connected = current()
      options.onPublish?.(topic, payload, how)
      await connected.publish(topic, payload, how)
    },
    async subscribe(filters) {
      checkFilters(Object.keys(filters))
      await current().subscribe(filters)
    },
    close() {
      closing ??= leave()
      return closing
    },
  }

  async function leave() {
    clearTimeout(timer)
    clearTimeout(stuck)
    enter('closed', 'closed')
    await connection?.goodbye()
  }

  return link
}
