/** A packet above this size, in bytes, is nobody's payload. The brokers refuse it too (`max_packet_size`). */
export const maxPacketBytes = 262_144

/** Why a payload is not what its topic promises. One word, fit for a counter's label. */
export type Fault =
  | 'empty'
  | 'too-large'
  | 'not-a-number'
  | 'not-finite'
  | 'out-of-range'
  | 'bad-json'
  | 'bad-name'
  | 'bad-time'
  | 'bad-text'
  | 'bad-status'
  | 'bad-batch'
  | 'bad-zlib'

/**
 * Thrown by everything here that reads a payload: the payload is at fault, the program is not. The message may quote
 * what a stranger sent, so it is for a log that neutralises control characters, never for a terminal as it is.
 */
export class PayloadError extends Error {
  readonly fault: Fault
  constructor(fault: Fault, message: string) {
    super(message)
    this.name = 'PayloadError'
    this.fault = fault
  }
}

/** @throws PayloadError for a payload without a byte, and for one over the limit. */
export function checkSize(payload: Buffer): void {
  if (payload.length === 0) throw new PayloadError('empty', 'no payload')
  if (payload.length > maxPacketBytes) throw new PayloadError('too-large', `${payload.length} bytes, of at most ${maxPacketBytes}`)
}
