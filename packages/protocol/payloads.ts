import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** A packet above this size, in bytes, is nobody's reading. The brokers refuse it too (`max_packet_size`). */
export const maxPacketBytes = 262_144

const percent = Type.Number({ minimum: 0, maximum: 100 })

/** How a device is. What a machine cannot tell is left out; what others add is kept out. */
export const Heartbeat = Type.Object({
  device_id: Type.Optional(Type.String({ maxLength: 64 })),
  timestamp: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601' })),
  cpu: Type.Optional(percent),
  memory: Type.Optional(percent),
  temperature: Type.Optional(Type.Number({ minimum: -100, maximum: 250, description: '°C, of the processor' })),
  uptime: Type.Optional(Type.Number({ minimum: 0, description: 's' })),
  disk: Type.Optional(percent),
  rssi: Type.Optional(Type.Number({ minimum: -200, maximum: 100, description: 'dBm' })),
  outbox: Type.Optional(Type.Integer({ minimum: 0, description: 'rows not yet acknowledged' })),
  dropped: Type.Optional(Type.Integer({ minimum: 0, description: 'rows lost by the cap' })),
  version: Type.Optional(Type.String({ maxLength: 64 })),
})
export type Heartbeat = Static<typeof Heartbeat>

/** What a device is: sent on every connect before `online`, retained. */
export const Info = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  room: Type.String({ minLength: 1, maxLength: 64 }),
  version: Type.Optional(Type.String({ maxLength: 64 })),
  epoch: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$', description: 'of its record; without one it keeps none' })),
  interval: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 's between two readings' })),
  status: Type.Optional(Type.String({ maxLength: 256, description: 'its status topic' })),
  readings: Type.Array(
    Type.Object({
      key: Type.String({ maxLength: 128 }),
      topic: Type.String({ maxLength: 256 }),
      unit: Type.Optional(Type.String({ maxLength: 16 })),
      probe: Type.Optional(Type.String({ maxLength: 128 })),
    }),
    { maxItems: 64 },
  ),
  config: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown())),
})
export type Info = Static<typeof Info>

export type Status = 'online' | 'offline'

/** Why a payload is not what its topic promises. One word, fit for a counter's label. */
export type Fault =
  | 'empty'
  | 'too-large'
  | 'not-a-number'
  | 'not-finite'
  | 'out-of-range'
  | 'bad-json'
  | 'bad-time'
  | 'bad-text'
  | 'bad-status'

/** Thrown by the readers below: the payload is at fault, the program is not. */
export class PayloadError extends Error {
  readonly fault: Fault
  constructor(fault: Fault, message: string) {
    super(message)
    this.name = 'PayloadError'
    this.fault = fault
  }
}

const heartbeat = Compile(Heartbeat)
const info = Compile(Info)

/** @throws PayloadError where it is not a heartbeat. */
export function readHeartbeat(payload: Buffer): Heartbeat {
  return heartbeat.Clean(checked(heartbeat, readJson(payload))) as Heartbeat
}

/** @throws PayloadError where it is not an info. */
export function readInfo(payload: Buffer): Info {
  return info.Clean(checked(info, readJson(payload))) as Info
}

/** `online` or `offline`, in any case. @throws PayloadError for anything else. */
export function readStatus(payload: Buffer): Status {
  const word = payload.length <= 16 ? payload.toString().trim().toLowerCase() : ''
  if (word !== 'online' && word !== 'offline') throw new PayloadError('bad-status', 'neither online nor offline')
  return word
}

/**
 * A sentence for people: valid UTF-8, control characters as spaces, at most 500 characters of it.
 * @throws PayloadError where nothing readable is left.
 */
export function readSentence(payload: Buffer): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch {
    throw new PayloadError('bad-text', 'not UTF-8')
  }
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  if (line === '') throw new PayloadError('empty', 'no text')
  return [...line].slice(0, 500).join('')
}

/** An object, parsed. @throws PayloadError */
export function readJson(payload: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(payload.toString())
  } catch {
    throw new PayloadError('bad-json', 'not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new PayloadError('bad-json', 'not a JSON object')
  return value as Record<string, unknown>
}

function checked<T>(
  validator: { Check(value: unknown): boolean; Errors(value: unknown): Iterable<{ instancePath: string; message: string }> },
  value: T,
): T {
  if (validator.Check(value)) return value
  const [first] = validator.Errors(value)
  throw new PayloadError('bad-json', `${first?.instancePath || 'it'} ${first?.message ?? 'is wrong'}`)
}
