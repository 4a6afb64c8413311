import { isUtf8 } from 'node:buffer'
import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { isText } from '@hearthwatch/protocol'
import type { Client } from 'aedes'
import { bodyStart, openFraming, PacketTooLarge } from './framing.ts'
import { type ParsedPacket, violationOf } from './packet-check.ts'

export interface IncomingLimits {
  /** Largest CONNECT in bytes. */
  connectBytes: number
  packetBytes: number
  /** Number of filters of a SUBSCRIBE. */
  filtersPerPacket: number
}

export interface IncomingOptions {
  limits: IncomingLimits
  /** The CONNECT has arrived; its login is checked now. */
  onConnect(): void
  /** The client speaks MQTT 5, and is refused. @param name its user name, or its client id if it has none */
  onMqtt5(name: string): void
  onUnsubscribe(filter: string): void
  onTooLarge(): void
  onTooManyFilters(count: number): void
}

/** Packets of a client before other clients are served. One read of a socket can contain 30,000. */
const packetsPerTurn = 200

/** Members that aedes and its parser, mqtt-packet, have and do not declare. */
type OpenClient = Client & { _parser: Parser; connackSent: boolean; _parsingBatch: number; _nextBatch(): void }
type Parser = EventEmitter & { parse(bytes: Buffer): number; _parseString(): string | null; _pos: number }

/**
 * Checks each packet of a client before aedes handles it. Packets behind a CONNECT wait, as bytes, until `release`.
 * Without that, aedes would take those that arrive during the login as packets of a client without an id.
 * @returns a function that releases them, to be called as soon as CONNACK is sent.
 */
export function checkIncoming(
  client: Client,
  { limits, onConnect, onMqtt5, onUnsubscribe, onTooLarge, onTooManyFilters }: IncomingOptions,
): () => void {
  const open = client as OpenClient
  const { _parser: parser, conn } = open
  const framing = openFraming()
  let state: 'new' | 'login' | 'released' = 'new'
  let isTaking = false
  let isWaiting = false
  let current: Buffer = Buffer.alloc(0)

  const parse = parser.parse.bind(parser)
  const parseString = parser._parseString.bind(parser)
  const [handle] = parser.listeners('packet') as ((packet: ParsedPacket) => void)[]

  const take = (packet: Buffer) => {
    const type = (packet[0] as number) >> 4
    // MQTT 3.1 marks a repeated SUBSCRIBE, UNSUBSCRIBE or PUBREL by the DUP flag, which the parser knows only for PUBLISH.
    if (client.version === 3 && [6, 8, 10].includes(type)) packet[0] = (packet[0] as number) & 0xf7
    const filters = type === 8 ? filterCount(packet) : 0
    if (filters > limits.filtersPerPacket) {
      onTooManyFilters(filters)
      conn.write(refusedSuback(packet, filters))
    } else {
      current = packet
      parse(packet)
    }
  }
  const takeTheRestLater = () => {
    isWaiting = true
    // Like a packet that is being handled: aedes reads no more bytes meanwhile.
    open._parsingBatch++
    setImmediate(() => {
      isWaiting = false
      takeAll()
      if (!client.closed) open._nextBatch()
    })
  }
  const takeAll = () => {
    // aedes may read more bytes while it handles a packet.
    if (isTaking || isWaiting) return
    isTaking = true
    try {
      for (let taken = 0; state !== 'login' && !client.closed; taken++) {
        if (taken === packetsPerTurn) return takeTheRestLater()
        const packet = framing.next(state === 'new' ? limits.connectBytes : limits.packetBytes)
        if (packet === undefined) break
        if (state === 'new') {
          state = 'login'
          onConnect()
        }
        take(packet)
      }
    } catch (error) {
      if (!(error instanceof PacketTooLarge)) throw error
      onTooLarge()
      conn.destroy()
    } finally {
      isTaking = false
    }
  }

  parser.parse = (bytes) => {
    framing.append(bytes)
    takeAll()
    return 0
  }
  parser._parseString = () => {
    const start = parser._pos + 2
    const text = parseString()
    if (text === null || !isText(text)) return null
    // Invalid UTF-8 becomes U+FFFD, which is also a valid character.
    const isReplaced = text.includes('\uFFFD') && !isUtf8(current.subarray(bodyStart(current) + start, bodyStart(current) + parser._pos))
    return isReplaced ? null : text
  }
  parser.removeAllListeners('packet')
  parser.on('packet', (packet: ParsedPacket) => {
    const violation = violationOf(packet, packet.length - parser._pos)
    if (violation === undefined) {
      for (const filter of packet.unsubscriptions ?? []) onUnsubscribe(filter)
      handle?.call(parser, packet)
      return
    }
    if (violation.isMqtt5) onMqtt5(packet.username ?? packet.clientId ?? '')
    if (violation.returnCode !== undefined) conn.write(connack(violation.returnCode))
    parser.emit('error', new Error(violation.reason))
  })
  parser.prependListener('error', ({ message }: Error) => {
    if (message === 'Invalid protocol version') (conn as Socket).write(connack(1))
  })

  return () => {
    state = 'released'
    // aedes sets it only after its event. Until then it would handle new packets before these.
    Object.assign(client, { connackSent: true })
    takeAll()
  }
}

function connack(returnCode: number): Buffer {
  return Buffer.from([0x20, 2, 0, returnCode])
}

/** Number of filters in a SUBSCRIBE: each is two bytes of length, the text, and a byte of QoS. */
function filterCount(packet: Buffer): number {
  let count = 0
  for (let at = bodyStart(packet) + 2; at + 2 < packet.length; at += 3 + packet.readUInt16BE(at)) count++
  return count
}

/** SUBACK that refuses every filter (0x80). Parsing such a SUBSCRIBE would stop all other clients for a moment. */
function refusedSuback(packet: Buffer, filters: number): Buffer {
  const start = bodyStart(packet)
  const length: number[] = []
  for (let rest = filters + 2; rest > 0; rest >>= 7) length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
  return Buffer.concat([Buffer.from([0x90, ...length]), packet.subarray(start, start + 2), Buffer.alloc(filters, 0x80)])
}
