import Type, { type Static } from 'typebox'
import { count } from './fields.ts'

export const PacketsQuery = Type.Object({
  filter: Type.Optional(
    Type.String({ maxLength: 1024, default: '#', description: 'a topic filter of MQTT: `+` is one level, `#` everything below' }),
  ),
})

const shown = {
  payload: Type.String({ description: 'the text, the first bytes of it as hex, or of a zlib stream what it unpacks to' }),
  encoding: Type.Enum(['text', 'hex', 'zlib']),
  length: Type.Integer({ minimum: 0, description: 'bytes of the payload' }),
  unpacked: Type.Union([count, Type.Null()], { description: 'bytes that it unpacks to; null: it is not compressed' }),
  cut: Type.Boolean({ description: 'only the beginning of the payload is shown' }),
}
export const ShownPayload = Type.Object(shown)
export type ShownPayload = Static<typeof ShownPayload>

const id = Type.Integer({ minimum: 1, description: 'counts up while anyone subscribes to the trace' })
const verdict = Type.Array(Type.String(), {
  description: 'what became of it: `shown`, `stored: 60`, `rejected: bad-json` …, see docs/wire.md',
})

export const Packet = Type.Object({
  id,
  direction: Type.Enum(['in', 'out']),
  time: Type.Integer({ description: 'ms since the epoch, UTC' }),
  topic: Type.String(),
  ...shown,
  qos: Type.Enum([0, 1, 2]),
  retain: Type.Boolean(),
  dup: Type.Boolean(),
  bytes: Type.Integer({ minimum: 0, description: 'of the MQTT packet' }),
  late: Type.Boolean({ description: 'the broker had queued it while the monitor was away' }),
  verdict,
})
export type Packet = Static<typeof Packet>

/** The events of `GET /api/wire`, by their type. */
export const packetEvents = {
  packet: Packet,
  verdict: Type.Object({ id, verdict }),
  dropped: Type.Object({ count: Type.Integer({ minimum: 1, description: 'packets left out because too many came within one second' }) }),
}
export type PacketEvent = {
  [T in keyof typeof packetEvents]: { type: T; data: Static<(typeof packetEvents)[T]> }
}[keyof typeof packetEvents]
