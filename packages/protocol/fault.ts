/** Maximum size of a payload in bytes. The brokers refuse larger packets, too (`max_packet_size`). */
export const maxPacketBytes = 262_144

/** Reason for rejecting a payload, usable as a counter's label. */
export type Fault =
  | 'empty'
  | 'too-large'
  | 'not-a-number'
  | 'not-finite'
  | 'out-of-range'
  | 'bad-json'
  | 'bad-name'
  | 'bad-field'
  | 'bad-unit'
  | 'bad-time'
  | 'same-time'
  | 'too-many-rooms'
  | 'too-many-series'
  | 'too-many-devices'
  | 'too-fast'
  | 'bad-text'
  | 'bad-status'
  | 'bad-batch'
  | 'bad-zlib'

/**
 * Thrown by all readers of payloads for an invalid payload. The message may quote the payload, so print it only through
 * a log that neutralises control characters.
 */
export class PayloadError extends Error {
  readonly fault: Fault
  constructor(fault: Fault, message: string) {
    super(message)
    this.name = 'PayloadError'
    this.fault = fault
  }
}

/** @throws PayloadError for an empty payload, and for one over the limit */
export function checkSize(payload: Buffer): void {
  if (payload.length === 0) throw new PayloadError('empty', 'no payload')
  if (payload.length > maxPacketBytes) throw new PayloadError('too-large', `${payload.length} bytes, of at most ${maxPacketBytes}`)
}
