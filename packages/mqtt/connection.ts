import { Socket } from 'node:net'
import { type IPublishPacket, connect as openClient, Store } from 'mqtt'
import type { Address } from './address.ts'
import { Answers, Refused } from './answers.ts'
import { DeferredPubacks, type Done, noPuback } from './deferred-puback.ts'
import type { Limits } from './limits.ts'
import type { Link, LinkOptions, Packet } from './link.ts'
import { refusedFilters } from './outgoing.ts'
import { explain, isRefusal } from './refusal.ts'
import type { Ending } from './retry.ts'

/** One connection to the broker, from the attempt to its end. There is no second life: the link opens another one. */
export interface Connection extends Pick<Link, 'publish' | 'subscribe'> {
  /** Whether the broker has accepted us. */
  readonly accepted: boolean
  /** Cuts it without a goodbye: the broker publishes the will. */
  drop(why: string): void
  /** Lets go out what is under way, then says goodbye: no will. */
  goodbye(): Promise<void>
}

export interface Listener {
  accepted(session: { present: boolean }): void
  /** Once, at the end, whoever made it. */
  ended(ending: Ending): void
}

/**
 * Opens a connection with an mqtt.js client of its own, which never reconnects: whatever mqtt.js would keep to send it
 * again (and block everything behind it, if it cannot be sent) ends with the connection, and nothing of an old
 * connection reaches a new one.
 * @param received messages of QoS 2 whose handshake a lost connection has left half done
 */
export function open(options: LinkOptions, address: Address, received: Store, limits: Limits, listener: Listener): Connection {
  let onQuiet: (() => void) | undefined
  let onGone: (() => void) | undefined
  let accepted = false
  let since = 0
  let over = false
  let leaving = false
  let heard = false
  let pulse: NodeJS.Timeout | undefined
  let early: (() => void) | undefined

  const client = openClient({
    ...address.options,
    clientId: options.clientId,
    clean: options.clean,
    ...(options.will && { will: { ...options.will, payload: Buffer.from(options.will.payload) } }),
    protocolVersion: 4,
    keepalive: limits.keepalive,
    connectTimeout: limits.connectTimeout,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    writeCache: false,
    timerVariant: 'native',
    incomingStore: received,
    // Not its own one, which it throws away when a client ends, and trips over with the packets that it has read already.
    outgoingStore: new Store({ clean: false }),
  })
  const answers = new Answers(limits.outstanding, quiet)
  const pubacks = new DeferredPubacks(
    () => client.stream,
    limits.unacknowledged,
    (error) => drop(`a message could not be kept: ${error instanceof Error ? error.message : error}`),
    quiet,
  )

  client.on('connect', ({ sessionPresent }) => {
    if (over) return
    accepted = true
    since = performance.now()
    pulse = setInterval(beat, limits.keepalive * 500)
    // Nagle's algorithm would hold a small packet back while another one is under way.
    if (client.stream instanceof Socket) client.stream.setNoDelay()
    listener.accepted({ present: sessionPresent })
    early?.()
  })
  const onError = (error: unknown) => finish(isRefusal(error) ? 'refused' : 'lost', explain(error, accepted, address))
  client.on('error', onError)
  // mqtt.js keeps errors of the stream without a code to itself, those of web sockets among them.
  client.stream.on('error', onError)
  client.on('close', () => finish('lost', explain(undefined, accepted, address)))

  client.handleMessage = (packet: IPublishPacket, done: Done) => {
    // mqtt.js announces the connection some ticks late, when the first messages of a kept session are there already.
    if (!accepted) {
      early = () => client.handleMessage(packet, done)
      return
    }
    heard = true
    if (over || leaving) return done(noPuback)
    const kept = options.onMessage(packet as Packet)
    if (kept === undefined) return done()
    if (packet.qos === 1) return pubacks.add(packet.messageId as number, kept, done)
    pubacks.watch(kept)
    done()
  }

  /**
   * mqtt.js takes nothing but an answer to its ping for a sign of life, and that may be stuck behind thousands of
   * messages, or behind one that is held back. While there are messages we ping ourselves and start its clock anew.
   */
  function beat() {
    if (!heard && !pubacks.holding) return
    heard = false
    client.sendPing()
    client.reschedulePing(true)
  }

  function finish(how: 'refused' | 'lost' | 'dropped', why: string) {
    if (over) return
    over = true
    clearInterval(pulse)
    pubacks.stop()
    // By force, for whatever way has led here: no timer of the client is left, and a socket that hangs does not matter.
    client.stream.destroy()
    client.end(true)
    answers.fail(why)
    onGone?.()
    listener.ended({ how: how === 'lost' && !accepted ? 'unreachable' : how, why, held: accepted ? performance.now() - since : 0 })
  }

  function drop(why: string) {
    finish('dropped', why)
  }

  function quiet() {
    if (answers.waiting === 0 && pubacks.waiting === 0) onQuiet?.()
  }

  async function goodbye() {
    if (!client.connected) return drop('closed')
    leaving = true
    await within(limits.goodbye * 0.75, (done) => {
      onQuiet = done
      quiet()
    })
    // The broker may have gone meanwhile; mqtt.js has thrown its store away then.
    if (over) return
    // mqtt.js would wait for these before it says goodbye.
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id))
    await within(limits.goodbye * 0.25, (done) => {
      onGone = done
      if (over) done()
      else client.end()
    })
    drop('closed')
  }

  return {
    get accepted() {
      return accepted && !over
    },
    publish: (topic, payload, { qos, retain }) => answers.ask((answered) => client.publish(topic, payload, { qos, retain }, answered)),
    subscribe: (filters) =>
      answers.ask((answered) => {
        const wanted = Object.fromEntries(Object.entries(filters).map(([filter, qos]) => [filter, { qos }]))
        client.subscribe(wanted, (error, _, suback) => {
          const refused = refusedFilters(Object.keys(filters), suback?.granted ?? [])
          answered(refused.length > 0 ? new Refused(`the broker refuses the subscription of ${refused.join(', ')}`) : error)
        })
      }),
    drop,
    goodbye,
  }
}

/** Waits until `begin` calls back, but not longer than this (ms). */
function within(most: number, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, most)
    begin(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
