/**
 * Makes a check for packets that are too large, for the bytes of one connection. The parser would buffer up to 256 MB
 * of a packet, even before a login.
 * Format: MQTT 3.1.1, section 2.2: one byte of type, one to four of length (7 bits each, lowest first), the rest.
 * @param maxBytes size limit of a packet in bytes, including its header.
 * @returns a function of the next chunk: false for a packet that is too large, and for an invalid length.
 */
export function packetSizeCheck(maxBytes: number): (chunk: Uint8Array) => boolean {
  /** Bytes read of the packet's header: 0 before its first byte. */
  let headerBytes = 0
  let length = 0
  /** Bytes of the packet that are still to come. */
  let rest = 0
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (rest > 0) {
        const skipped = Math.min(rest, chunk.length - at)
        rest -= skipped
        at += skipped
        continue
      }
      const byte = chunk[at++] as number
      headerBytes++
      if (headerBytes === 1) continue
      length += (byte & 0x7f) * 128 ** (headerBytes - 2)
      if (headerBytes + length > maxBytes || headerBytes > 5) return false
      if (byte < 0x80) {
        rest = length
        length = 0
        headerBytes = 0
      }
    }
    return true
  }
}
