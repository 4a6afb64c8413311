import type { Log } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import {
  BadBatch,
  isName,
  maxPacketBytes,
  type Parsed,
  PayloadError,
  parseTopic,
  readBatch,
  readHeartbeat,
  readInfo,
  readReading,
  readResponse,
  readSentence,
  readStatus,
  spelled,
} from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import { evictOldest } from '../store/evict-oldest.ts'
import { createGateways } from './gateways.ts'
import type { Message } from './message.ts'
import { oncePerMinute } from './once-per-minute.ts'
import type { Trace } from './packet-trace.ts'

export type Parser = ReturnType<typeof createParser>

/** `home/{room}/sensor/{level}`, with names of 64 characters of two code units. */
const longestTopic = 300
/** Sizes in bytes: a batch and an `info` of hundreds of readings are the only large payloads. */
const largest = { readings: maxPacketBytes, info: 65_536, other: 16_384 }

/** An older reading is not judged as current. */
export const lateAfter = 10 * minute

/**
 * Turns packets into messages. A bad packet is counted by reason, logged at most once a minute for each topic and reason,
 * and dropped. A wrong field that is not needed is left out, and counted the same way.
 * @param unitOf the unit that a topic's owner states in its info
 * @param isStatusOf true if an info names this topic as its status
 * @param mostTopics topics that are remembered
 */
export function createParser(
  log: Log,
  unitOf: (topic: string) => string | undefined = () => undefined,
  isStatusOf: (topic: string) => boolean = () => false,
  mostTopics: () => number = () => 10_000,
) {
  const rejected = new Map<string, number>()
  const isLogDue = oncePerMinute()
  const parsed = new Map<string, Parsed | null>()
  const gateways = createGateways()

  /** Parses each topic once: the same few come again and again. */
  function lookUp(topic: string): Parsed | null {
    let found = parsed.get(topic)
    // No topic of ours is as long. It is not cached, since 10,000 of 64 KB would fill the memory.
    if (topic.length > longestTopic) return parseTopic(topic)
    if (found === undefined) {
      evictOldest(parsed, mostTopics())
      found = parseTopic(topic)
      parsed.set(topic, found)
    }
    // An info may name it later.
    return found ?? (isStatusOf(topic) ? statusBesideTheTable(topic) : null)
  }

  /** Counts a message of others that has come along with ours, without a warning. */
  function pass(trace?: Trace): null {
    trace?.('not ours')
    rejected.set('not-ours', (rejected.get('not-ours') ?? 0) + 1)
    return null
  }

  function count(event: string, topic: string, reason: string, why: string, at: number): void {
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1)
    if (isLogDue(`${reason} ${topic.slice(0, longestTopic)}`, at)) log.warn(event, { topic, reason, why })
  }

  function reject(topic: string, reason: string, why: string, at: number, trace?: Trace): null {
    trace?.(`rejected: ${reason}`)
    count('rejected', topic, reason, why, at)
    return null
  }

  function read(packet: Packet, at: number, late: boolean, trace?: Trace): Message | null {
    const { topic, payload } = packet
    const about = lookUp(topic)
    if (about === null && gateways.isOfOthers(topic)) return pass(trace)
    if (about === null) return reject(topic, 'bad-topic', 'not a topic of this system, or a name in it is not allowed', at, trace)
    const most = about.name === 'readings' || about.name === 'info' ? largest[about.name] : largest.other
    if (payload.length > most) return reject(topic, 'too-large', `${payload.length} bytes, of at most ${most}`, at, trace)
    const plain = { topic, at, retained: packet.retain, late }
    const head = trace ? { ...plain, trace } : plain
    const leftOut = ({ message }: PayloadError) => {
      trace?.(`left-out: ${message}`)
      count('a field is left out', topic, 'bad-field', message, at)
    }
    try {
      switch (about.name) {
        case 'reading': {
          const sample = readReading(payload, about.quantity, at, unitOf(topic))
          const aged = sample.time !== null && at - sample.time > lateAfter
          const reading = { ...head, late: late || aged, kind: 'reading', room: about.room, quantity: about.quantity, ...sample } as const
          return aged && !late ? { ...reading, aged } : reading
        }
        case 'status':
          return { ...head, kind: 'status', room: about.room, device: null, status: readStatus(payload) }
        case 'deviceStatus':
          return { ...head, kind: 'status', room: null, device: about.id, status: readStatus(payload) }
        case 'alert':
          return { ...head, kind: 'text', room: about.room, text: readSentence(payload) }
        case 'heartbeat':
          return { ...head, kind: 'heartbeat', device: about.id, heartbeat: readHeartbeat(payload, leftOut) }
        case 'sharedHeartbeat': {
          const heartbeat = readHeartbeat(payload, leftOut)
          const device = spelled(heartbeat.device_id ?? '')
          if (!isName(device)) return reject(topic, 'bad-name', 'device_id is missing or not a name', at, trace)
          return { ...head, kind: 'heartbeat', device, heartbeat }
        }
        case 'info': {
          const info = readInfo(payload, leftOut)
          if (spelled(info.id) !== about.id || !isName(info.room))
            return reject(topic, 'bad-name', 'the id differs from the topic’s, or the room is not a name', at, trace)
          return { ...head, kind: 'info', device: about.id, info }
        }
        case 'response':
          return { ...head, kind: 'response', device: about.id, response: readResponse(payload, leftOut) }
        case 'readings':
          if (packet.retain) return reject(topic, 'retained', 'the record is never retained', at, trace)
          return { ...head, kind: 'batch', device: about.id, batch: readBatch(payload, about.id) }
        default:
          return reject(topic, 'bad-topic', 'the monitor does not read this topic', at, trace)
      }
    } catch (error) {
      if (error instanceof BadBatch && 'id' in about) {
        reject(topic, error.fault, error.message, at, trace)
        return { ...head, kind: 'bad-batch', device: about.id, epoch: error.epoch, batch: error.batch }
      }
      if (error instanceof PayloadError && 'room' in about && gateways.has(about.room)) return pass(trace)
      if (error instanceof PayloadError) return reject(topic, error.fault, error.message, at, trace)
      throw error
    }
  }

  return {
    /**
     * @param at time of arrival, ms
     * @param late the broker had queued it while the monitor was away
     * @param trace records why it is rejected, and later its outcome
     * @returns null if it was rejected
     */
    read,
    /** Parses a topic; null if it is none of this system. */
    lookUp,
    /** Number of rejected packets, by reason. */
    rejected: rejected as ReadonlyMap<string, number>,
    /** Counts a message or value that a later stage rejects. */
    reject,
  }
}

/** `home/{room}/sensor/…`: a device may name any topic there as its status. */
function statusBesideTheTable(topic: string): Parsed | null {
  const [home, room = '', sensor] = spelled(topic).split('/')
  return home === 'home' && sensor === 'sensor' && isName(room) ? { name: 'status', room } : null
}
