import { createHmac, timingSafeEqual } from 'node:crypto'

/** How long a link in a message works, ms. */
const lasts = 7 * 24 * 3_600_000
/** Bytes: when it ends (s since the epoch), the message's UUID, the signature. */
const [timeSize, idSize, signatureSize] = [4, 16, 16]

export type AcknowledgeLinks = ReturnType<typeof acknowledgeLinks>

/** What a token says: which message it came with. */
export type Ticket = { message: string } | 'expired' | 'forged'

/**
 * Signed tokens by which whoever got a message acknowledges what it told, without a login. HMAC-SHA256, cut to 128 bits.
 * @param key 32 random bytes
 */
export function acknowledgeLinks(key: Buffer) {
  const sign = (said: Buffer) => createHmac('sha256', key).update(said).digest().subarray(0, signatureSize)

  return {
    /** @param message the message's UUID */
    token(message: string, now: number): string {
      const said = Buffer.alloc(timeSize + idSize)
      said.writeUInt32BE(Math.floor((now + lasts) / 1000))
      said.write(message.replaceAll('-', ''), timeSize, 'hex')
      return Buffer.concat([said, sign(said)]).toString('base64url')
    },

    read(token: string, now: number): Ticket {
      const bytes = Buffer.from(token, 'base64url')
      // Decoding forgives what is no base64url; a token has one form only.
      if (bytes.length !== timeSize + idSize + signatureSize || bytes.toString('base64url') !== token) return 'forged'
      const said = bytes.subarray(0, timeSize + idSize)
      if (!timingSafeEqual(sign(said), bytes.subarray(timeSize + idSize))) return 'forged'
      if (now >= said.readUInt32BE() * 1000) return 'expired'
      const hex = said.toString('hex', timeSize)
      return { message: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') }
    },
  }
}
