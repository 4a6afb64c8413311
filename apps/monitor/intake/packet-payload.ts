import { isUtf8 } from 'node:buffer'
import { inflateSync } from 'node:zlib'
import type { ShownPayload } from '@hearthwatch/api/packets'
import type { Packet } from '@hearthwatch/mqtt'

/** Bytes of a payload that are shown as text, and as hex. */
const mostText = 2048
const mostHex = 256
/** A larger payload is shown compressed. */
const mostUnpacked = 262_144
/** First byte of a zlib stream with the usual window (RFC 1950). */
const zlib = 0x78

/** Makes any payload into text that can be shown. */
export function showPayload(payload: Buffer): ShownPayload {
  const { length } = payload
  const inside = payload[0] === zlib ? unpack(payload) : null
  if (inside !== null && isUtf8(inside)) {
    return { payload: firstText(inside), encoding: 'zlib', length, unpacked: inside.length, cut: inside.length > mostText }
  }
  if (isUtf8(payload)) return { payload: firstText(payload), encoding: 'text', length, unpacked: null, cut: length > mostText }
  return { payload: payload.toString('hex', 0, mostHex), encoding: 'hex', length, unpacked: null, cut: length > mostHex }
}

function unpack(payload: Buffer): Buffer | null {
  try {
    return inflateSync(payload, { maxOutputLength: mostUnpacked })
  } catch {
    return null
  }
}

/** Cuts between two characters. */
function firstText(text: Buffer): string {
  let end = Math.min(text.length, mostText)
  while (end < text.length && ((text[end] as number) & 0xc0) === 0x80) end -= 1
  return text.toString('utf8', 0, end)
}

/**
 * Bytes of a PUBLISH packet (MQTT 3.1.1, section 3.3): type and flags, remaining length, topic with its length, packet
 * identifier above QoS 0, payload. TCP and TLS add to it.
 */
export function bytesOnWire({ topic, payload, qos }: Pick<Packet, 'topic' | 'payload' | 'qos'>): number {
  const remaining = 2 + Buffer.byteLength(topic) + (qos > 0 ? 2 : 0) + payload.length
  const lengthOfLength = remaining < 128 ? 1 : remaining < 16_384 ? 2 : remaining < 2_097_152 ? 3 : 4
  return 1 + lengthOfLength + remaining
}
