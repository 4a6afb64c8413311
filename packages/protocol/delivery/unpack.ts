import { inflateSync } from 'node:zlib'
import { checkSize, PayloadError } from '../fault.ts'

/** Maximum size of a decompressed payload in bytes: the broker's limit for an uncompressed one. */
const maxUnpacked = 262_144
/** First byte of a zlib stream with the default window (RFC 1950). JSON never begins with it. */
const zlib = 0x78
/** JSON of readings has 4 levels. Deeper nesting costs the parser 20 ms for a packet of 300 bytes. */
const deepest = 32
/** Only repeated bytes are packed so well; rows are not, unless they have dozens of equal values. */
const usualRatio = 50

/**
 * A payload as plain JSON, decompressed if it is zlib.
 * @throws PayloadError
 */
export function unpack(payload: Buffer): Buffer {
  checkSize(payload)
  if (payload[0] !== zlib) return payload
  const unpacked = inflate(payload)
  if (unpacked.length > usualRatio * payload.length && isDeep(unpacked)) throw new PayloadError('bad-json', 'nested too deeply')
  return unpacked
}

function inflate(payload: Buffer): Buffer {
  try {
    return inflateSync(payload, { maxOutputLength: maxUnpacked })
  } catch {
    throw new PayloadError('bad-zlib', `not zlib, or more than ${maxUnpacked} bytes of it`)
  }
}

/** Counts brackets in strings, too: the strings of a batch have none. */
function isDeep(json: Buffer): boolean {
  const [array, object, arrayEnd, objectEnd] = Buffer.from('[{]}')
  let depth = 0
  for (const byte of json) {
    if (byte === array || byte === object) depth += 1
    else if (byte === arrayEnd || byte === objectEnd) depth -= 1
    if (depth > deepest) return true
  }
  return false
}
