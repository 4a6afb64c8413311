import { createHmac, timingSafeEqual } from 'node:crypto'
import { week } from '@hearthwatch/protocol/durations'

/** How long a link in a message is valid. ms */
const validity = week
/** Bytes of a token: its expiry (s since the epoch), the message's UUID, the signature. */
const [timeSize, idSize, signatureSize] = [4, 16, 16]

export type AcknowledgeLinks = ReturnType<typeof acknowledgeLinks>

/** Result of reading a token: the message that it came with, or why it is not accepted. */
export type Ticket = { message: string } | 'expired' | 'forged'

/**
 * Signed tokens that let a recipient acknowledge the alerts of a message without a login. HMAC-SHA256, truncated to 128 bits.
 * @param key 32 random bytes
 */
export function acknowledgeLinks(key: Buffer) {
  const sign = (payload: Buffer) => createHmac('sha256', key).update(payload).digest().subarray(0, signatureSize)

  return {
    /** @param message the message's UUID */
    token(message: string, now: number): string {
      const payload = Buffer.alloc(timeSize + idSize)
      payload.writeUInt32BE(Math.floor((now + validity) / 1000))
      payload.write(message.replaceAll('-', ''), timeSize, 'hex')
      return Buffer.concat([payload, sign(payload)]).toString('base64url')
    },

    read(token: string, now: number): Ticket {
      const bytes = Buffer.from(token, 'base64url')
      // Decoding ignores characters that are not base64url, but a token has only one valid form.
      if (bytes.length !== timeSize + idSize + signatureSize || bytes.toString('base64url') !== token) return 'forged'
      const payload = bytes.subarray(0, timeSize + idSize)
      if (!timingSafeEqual(sign(payload), bytes.subarray(timeSize + idSize))) return 'forged'
      if (now >= payload.readUInt32BE() * 1000) return 'expired'
      const hex = payload.toString('hex', timeSize)
      return { message: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') }
    },
  }
}
