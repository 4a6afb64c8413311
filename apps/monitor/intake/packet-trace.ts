import type { PacketEvent } from '@hearthwatch/api/packets'
import type { Packet } from '@hearthwatch/mqtt'
import { bytesOnWire, showPayload } from './packet-payload.ts'

/**
 * Records an outcome of a packet: a word, some with a detail behind a colon: `shown`, `stored: 60`, `rejected: bad-json`.
 * docs/wire.md explains the words.
 */
export type Trace = (outcome: string) => void

/** Resolves when a packet is stored; undefined if it stores nothing. */
type Stored = Promise<void> | undefined

/** A packet that somebody watches. */
export interface Watched {
  trace: Trace
  /** Sends the packet to its subscribers. @param stored resolves when its last outcome is recorded */
  emit(stored: Stored): void
}

export interface Subscriber {
  wants(topic: string): boolean
  send(event: PacketEvent): void
}

/** Packets of one subscriber in one second. */
interface Pace {
  second: number
  sent: number
  dropped: number
}

export type PacketTrace = ReturnType<typeof createPacketTrace>

/** Packets a second for each subscriber. */
const mostPerSecond = 200

/** Copies packets to subscribers, with what became of each. Without a subscriber a packet costs one comparison. */
export function createPacketTrace(now: () => number, mostSent = mostPerSecond) {
  const subscribers = new Map<Subscriber, Pace>()
  let latest = 0

  function reportDropped(subscriber: Subscriber, pace: Pace): void {
    if (pace.dropped > 0 && subscribers.has(subscriber)) subscriber.send({ type: 'dropped', data: { count: pace.dropped } })
    pace.dropped = 0
  }

  /** The subscribers of this packet. One that has reached its limit for this second gets the number of dropped packets. */
  function subscribersOf(topic: string, at: number): Subscriber[] {
    const second = Math.floor(at / 1000)
    const found: Subscriber[] = []
    for (const [subscriber, pace] of subscribers) {
      if (!subscriber.wants(topic)) continue
      if (pace.second !== second) {
        reportDropped(subscriber, pace)
        Object.assign(pace, { second, sent: 0 })
      }
      if (pace.sent >= mostSent) {
        // No later packet may follow, so a timer reports the number.
        if (pace.dropped === 0) setTimeout(reportDropped, 1000, subscriber, pace).unref()
        pace.dropped += 1
      } else {
        pace.sent += 1
        found.push(subscriber)
      }
    }
    return found
  }

  function look(packet: Packet, direction: 'in' | 'out', late: boolean): Watched | null {
    const at = now()
    const audience = subscribersOf(packet.topic, at)
    if (audience.length === 0) return null
    latest += 1
    const id = latest
    const outcomes = new Set<string>()
    const sendAll = (event: PacketEvent) => {
      for (const subscriber of audience) if (subscribers.has(subscriber)) subscriber.send(event)
    }
    return {
      trace: (word) => void outcomes.add(word),
      emit(stored) {
        const { topic, qos, retain, dup } = packet
        const shown = showPayload(packet.payload)
        const bytes = bytesOnWire(packet)
        const before = outcomes.size
        sendAll({
          type: 'packet',
          data: { id, direction, time: at, topic, ...shown, qos, retain, dup, bytes, late, verdict: [...outcomes] },
        })
        if (stored === undefined) return
        const sendOutcome = () => {
          if (outcomes.size > before) sendAll({ type: 'verdict', data: { id, verdict: [...outcomes] } })
        }
        // A packet that could not be stored is redelivered and traced as another one; the reason is logged elsewhere.
        stored.then(sendOutcome, () => {})
      },
    }
  }

  const see = (packet: Packet, late: boolean): Watched | null => (subscribers.size === 0 ? null : look(packet, 'in', late))

  function emit(packet: Packet, late: boolean, outcome: string): void {
    const watched = see(packet, late)
    watched?.trace(outcome)
    watched?.emit(undefined)
  }

  return {
    /** An incoming packet. @returns null if nobody watches it */
    see,

    /** Passes an incoming packet on, and records its outcome if somebody watches it. */
    pass(packet: Packet, late: boolean, take: (packet: Packet, late: boolean, trace?: Trace) => Stored): Stored {
      const watched = see(packet, late)
      const stored = take(packet, late, watched?.trace)
      watched?.emit(stored)
      return stored
    },

    /** The monitor's own status, back from the broker. */
    greet: (packet: Packet, late: boolean) => emit(packet, late, 'greeting'),

    /** A packet that a busy monitor does not process. */
    skip: (packet: Packet, late: boolean) => emit(packet, late, 'skipped'),

    /** An outgoing packet. */
    send(topic: string, payload: string | Buffer, { qos, retain }: { qos: 0 | 1 | 2; retain: boolean }): void {
      if (subscribers.size === 0) return
      look({ topic, payload: Buffer.from(payload), qos, retain, dup: false }, 'out', false)?.emit(undefined)
    },

    /** @returns stops watching */
    watch(subscriber: Subscriber): () => void {
      subscribers.set(subscriber, { second: 0, sent: 0, dropped: 0 })
      return () => void subscribers.delete(subscriber)
    },
  }
}
