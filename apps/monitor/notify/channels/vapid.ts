import { createECDH } from 'node:crypto'

/** The identity of this house at push services (RFC 8292): an address of its own, and a key pair in base64url. */
export interface Vapid {
  subject: string
  publicKey: string
  privateKey: string
}

/** Apple refuses messages without a subject that could be one. */
const nobody = 'mailto:hearthwatch@example.org'

/**
 * @param secret 32 random bytes, the private key; one of 2^32 is none, and throws
 * @param publicUrl address of the page; used if it is https
 */
export function vapidOf(secret: Buffer, publicUrl?: string): Vapid {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(secret)
  return {
    subject: publicUrl?.startsWith('https://') ? publicUrl : nobody,
    publicKey: pair.getPublicKey('base64url'),
    privateKey: secret.toString('base64url'),
  }
}
