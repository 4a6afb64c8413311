/** The bytes of one connection, cut into packets. Each byte is copied at most once, however small the chunks are. */
export interface Framing {
  append(chunk: Buffer): void
  /**
   * The next complete packet; undefined until all its bytes have arrived.
   * @param maxBytes size limit of a packet in bytes, including its header.
   * @throws PacketTooLarge as soon as the header announces a larger packet, and for an invalid length.
   */
  next(maxBytes: number): Buffer | undefined
}

export class PacketTooLarge extends Error {
  constructor() {
    super('a packet is too large')
    this.name = 'PacketTooLarge'
  }
}

const none: Buffer = Buffer.alloc(0)

/**
 * The parser would buffer up to 256 MB of a packet, even before a login, and would look through all chunks for each field.
 * Format: MQTT 3.1.1, section 2.2: one byte of type, one to four of length (7 bits each, lowest first), the rest.
 */
export function openFraming(): Framing {
  let rest: Buffer = none
  /** A packet whose header has arrived, and the number of its bytes that have. */
  let partial: Buffer | undefined
  let filled = 0

  return {
    append(chunk) {
      const copied = partial === undefined ? 0 : chunk.copy(partial, filled)
      filled += copied
      const more = chunk.subarray(copied)
      rest = rest.length === 0 ? more : Buffer.concat([rest, more])
    },
    next(maxBytes) {
      if (partial !== undefined) {
        if (filled < partial.length) return undefined
        const complete = partial
        partial = undefined
        return complete
      }
      const size = sizeOf(rest)
      if (size === undefined) return undefined
      if (size > maxBytes) throw new PacketTooLarge()
      if (size > rest.length) {
        partial = Buffer.allocUnsafe(size)
        filled = rest.copy(partial)
        rest = none
        return undefined
      }
      const packet = rest.subarray(0, size)
      rest = rest.subarray(size)
      return packet
    },
  }
}

/** Index of the first byte behind the header of a complete packet. */
export function bodyStart(packet: Buffer): number {
  let at = 1
  while ((packet[at] ?? 0) >= 0x80) at++
  return at + 1
}

/** Size of the packet with its header; undefined if its header is incomplete, infinite for a length of more than four bytes. */
function sizeOf(bytes: Buffer): number | undefined {
  let length = 0
  for (let at = 1; at <= 4; at++) {
    const byte = bytes[at]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 128 ** (at - 1)
    if (byte < 0x80) return 1 + at + length
  }
  return Number.POSITIVE_INFINITY
}
