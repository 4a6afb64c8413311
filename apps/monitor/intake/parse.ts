import type { Log } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import {
  BadBatch,
  type Batch,
  type Heartbeat,
  type Info,
  isName,
  maxPacketBytes,
  type Parsed,
  PayloadError,
  parseTopic,
  type Response,
  readBatch,
  readHeartbeat,
  readInfo,
  readReading,
  readResponse,
  readSentence,
  readStatus,
  type Status,
} from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Trace } from './packet-trace.ts'

/** A packet that has been checked: nothing else goes further. */
export type Message = {
  topic: string
  /** When it came, ms. */
  at: number
  /** The broker had kept it: old news. */
  retained: boolean
  /** It waited at the broker while we were away: to be kept, not to be judged as now. */
  late: boolean
  /** Where somebody looks at it on the wire: what becomes of it. */
  trace?: Trace
} & (
  | { kind: 'reading'; room: string; quantity: string; value: number; time: number | null }
  | { kind: 'status'; room: string | null; device: string | null; status: Status }
  | { kind: 'text'; room: string; text: string }
  | { kind: 'heartbeat'; device: string; heartbeat: Heartbeat }
  | { kind: 'info'; device: string; info: Info }
  | { kind: 'response'; device: string; response: Response }
  | { kind: 'batch'; device: string; batch: Batch }
  | { kind: 'bad-batch'; device: string; epoch: string; batch: string }
)
export type Reading = Extract<Message, { kind: 'reading' }>
export type StatusMessage = Extract<Message, { kind: 'status' }>

export type Parser = ReturnType<typeof createParser>

/** A reading that was taken longer ago than this is not judged as "now". ms */
const lateAfter = 10 * minute

/**
 * Turns packets into messages. What is wrong is counted by reason, logged at most once a minute for each topic and
 * reason, and goes no further.
 */
export function createParser(log: Log) {
  const rejected = new Map<string, number>()
  const logged = new Map<string, number>()
  const parsed = new Map<string, Parsed | null>()

  /** The same few topics come again and again: take each apart once. */
  function lookUp(topic: string): Parsed | null {
    let found = parsed.get(topic)
    if (found === undefined) {
      if (parsed.size >= 10_000) parsed.clear()
      found = parseTopic(topic) ?? statusBesideTheTable(topic)
      parsed.set(topic, found)
    }
    return found
  }

  function reject(topic: string, reason: string, why: string, at: number, trace?: Trace): null {
    trace?.(`rejected: ${reason}`)
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1)
    const key = `${reason} ${topic}`
    if (at - (logged.get(key) ?? Number.NEGATIVE_INFINITY) >= minute) {
      if (logged.size >= 1000) logged.clear()
      logged.set(key, at)
      log.warn('rejected', { topic, reason, why })
    }
    return null
  }

  function read(packet: Packet, at: number, late: boolean, trace?: Trace): Message | null {
    const { topic, payload } = packet
    const about = lookUp(topic)
    if (about === null) return reject(topic, 'bad-topic', 'no topic of this house, or a name in it is none', at, trace)
    if (payload.length > maxPacketBytes) return reject(topic, 'too-large', `${payload.length} bytes`, at, trace)
    const plain = { topic, at, retained: packet.retain, late }
    const head = trace ? { ...plain, trace } : plain
    try {
      switch (about.name) {
        case 'reading': {
          const { value, time } = readReading(payload, about.quantity, at)
          const old = late || (time !== null && at - time > lateAfter)
          return { ...head, late: old, kind: 'reading', room: about.room, quantity: about.quantity, value, time }
        }
        case 'status':
          return { ...head, kind: 'status', room: about.room, device: null, status: readStatus(payload) }
        case 'deviceStatus':
          return { ...head, kind: 'status', room: null, device: about.id, status: readStatus(payload) }
        case 'alert':
          return { ...head, kind: 'text', room: about.room, text: readSentence(payload) }
        case 'heartbeat':
          return { ...head, kind: 'heartbeat', device: about.id, heartbeat: readHeartbeat(payload) }
        case 'sharedHeartbeat': {
          const heartbeat = readHeartbeat(payload)
          const device = heartbeat.device_id ?? ''
          if (!isName(device)) return reject(topic, 'bad-name', 'no device_id, or one that is no name', at, trace)
          return { ...head, kind: 'heartbeat', device, heartbeat }
        }
        case 'info': {
          const info = readInfo(payload)
          if (info.id !== about.id || !isName(info.room))
            return reject(topic, 'bad-name', 'another id than the topic’s, or a room that is none', at, trace)
          return { ...head, kind: 'info', device: about.id, info }
        }
        case 'response':
          return { ...head, kind: 'response', device: about.id, response: readResponse(payload) }
        case 'readings':
          if (packet.retain) return reject(topic, 'retained', 'the record is never retained', at, trace)
          return { ...head, kind: 'batch', device: about.id, batch: readBatch(payload, about.id) }
        default:
          return reject(topic, 'bad-topic', 'nothing for the monitor', at, trace)
      }
    } catch (error) {
      if (error instanceof BadBatch && 'id' in about) {
        reject(topic, error.fault, error.message, at, trace)
        return { ...head, kind: 'bad-batch', device: about.id, epoch: error.epoch, batch: error.batch }
      }
      if (error instanceof PayloadError) return reject(topic, error.fault, error.message, at, trace)
      throw error
    }
  }

  return {
    /**
     * @param at when it came, ms
     * @param late it waited at the broker while we were away
     * @param trace told why it is rejected, and what becomes of it
     * @returns null where it was rejected
     */
    read,
    /** How many packets were rejected, by reason. */
    rejected: rejected as ReadonlyMap<string, number>,
    /** Counts something that another stage had to refuse. */
    reject,
  }
}

/** `home/{room}/sensor/…`: a device may name any topic there as its status. */
function statusBesideTheTable(topic: string): Parsed | null {
  const [home, room = '', sensor] = topic.split('/')
  return home === 'home' && sensor === 'sensor' && isName(room) ? { name: 'status', room } : null
}
