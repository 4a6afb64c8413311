import type { PacketEvent } from '@hearthwatch/api/packets'
import type { Packet } from '@hearthwatch/mqtt'
import { bytesOnWire, showPayload } from './packet-payload.ts'

/**
 * What became of a packet, a word each, some with a detail behind a colon: `shown`, `stored: 60`, `rejected: bad-json`.
 * What the words mean stands in docs/wire.md.
 */
export type Trace = (verdict: string) => void

/** Settles when a packet is kept; nothing where there is nothing to keep. */
type Kept = Promise<void> | undefined

/** A packet that somebody looks at. */
export interface Seen {
  trace: Trace
  /** Nothing more is noted for now: it goes out. @param kept settles when all is noted */
  tell(kept: Kept): void
}

export interface Subscriber {
  wants(topic: string): boolean
  tell(event: PacketEvent): void
}

/** What an subscriber has been told in this second. */
interface Pace {
  second: number
  told: number
  dropped: number
}

export type PacketTrace = ReturnType<typeof createPacketTrace>

/** Packets a second that each subscriber is told. */
const mostPerSecond = 200

/** The packets as they come and go, for whoever looks. While nobody does, a packet costs one comparison. */
export function createPacketTrace(now: () => number, mostTold = mostPerSecond) {
  const subscribers = new Map<Subscriber, Pace>()
  let latest = 0

  function tellDropped(subscriber: Subscriber, pace: Pace): void {
    if (pace.dropped > 0 && subscribers.has(subscriber)) subscriber.tell({ type: 'dropped', data: { count: pace.dropped } })
    pace.dropped = 0
  }

  /** Who is told of this one; whoever has had enough for this second is only told how much he has missed. */
  function audience(topic: string, at: number): Subscriber[] {
    const second = Math.floor(at / 1000)
    const found: Subscriber[] = []
    for (const [subscriber, pace] of subscribers) {
      if (!subscriber.wants(topic)) continue
      if (pace.second !== second) {
        tellDropped(subscriber, pace)
        Object.assign(pace, { second, told: 0 })
      }
      if (pace.told >= mostTold) {
        // Nothing may come behind it.
        if (pace.dropped === 0) setTimeout(tellDropped, 1000, subscriber, pace).unref()
        pace.dropped += 1
      } else {
        pace.told += 1
        found.push(subscriber)
      }
    }
    return found
  }

  function look(packet: Packet, direction: 'in' | 'out', late: boolean): Seen | null {
    const at = now()
    const told = audience(packet.topic, at)
    if (told.length === 0) return null
    latest += 1
    const id = latest
    const verdict = new Set<string>()
    const tellAll = (event: PacketEvent) => {
      for (const subscriber of told) if (subscribers.has(subscriber)) subscriber.tell(event)
    }
    return {
      trace: (word) => void verdict.add(word),
      tell(kept) {
        const { topic, qos, retain, dup } = packet
        const shown = showPayload(packet.payload)
        const bytes = bytesOnWire(packet)
        const before = verdict.size
        tellAll({
          type: 'packet',
          data: { id, direction, time: at, topic, ...shown, qos, retain, dup, bytes, late, verdict: [...verdict] },
        })
        if (kept === undefined) return
        const tellRest = () => {
          if (verdict.size > before) tellAll({ type: 'verdict', data: { id, verdict: [...verdict] } })
        }
        // What could not be kept comes again and is another packet; why not is told elsewhere.
        kept.then(tellRest, () => {})
      },
    }
  }

  const see = (packet: Packet, late: boolean): Seen | null => (subscribers.size === 0 ? null : look(packet, 'in', late))

  return {
    /** A packet that has come. @returns null while nobody looks at it */
    see,

    /** Has a packet taken, with notes of what becomes of it where somebody looks. */
    pass(packet: Packet, late: boolean, take: (packet: Packet, late: boolean, trace?: Trace) => Kept): Kept {
      const seen = see(packet, late)
      const kept = take(packet, late, seen?.trace)
      seen?.tell(kept)
      return kept
    },

    /** Our own status, come back to us. */
    greet(packet: Packet, late: boolean): void {
      const seen = see(packet, late)
      seen?.trace('greeting')
      seen?.tell(undefined)
    },

    /** A packet that goes out. */
    send(topic: string, payload: string | Buffer, { qos, retain }: { qos: 0 | 1 | 2; retain: boolean }): void {
      if (subscribers.size === 0) return
      look({ topic, payload: Buffer.from(payload), qos, retain, dup: false }, 'out', false)?.tell(undefined)
    },

    /** @returns the way to look away */
    watch(subscriber: Subscriber): () => void {
      subscribers.set(subscriber, { second: 0, told: 0, dropped: 0 })
      return () => void subscribers.delete(subscriber)
    },
  }
}
