import { X509Certificate } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/schema'
import { PayloadError } from '../fault.ts'
import { readJson } from './json.ts'

const pem = (description: string) => Type.String({ pattern: '^-----BEGIN CERTIFICATE-----\\n', maxLength: 8192, description })

/**
 * The part `trust` of a `config` message. It goes only to a sensor that has stated in its info which authorities it trusts. A sensor
 * accepts it only over TLS, from a broker that it trusts already.
 */
export const TrustOffer = Type.Object(
  {
    authorities: Type.Array(pem('an authority'), { maxItems: 4, description: 'more authorities for the broker’s certificate, PEM' }),
    certificate: Type.Optional(pem('a renewed certificate for the sensor’s own key, PEM')),
  },
  { additionalProperties: false },
)
export type TrustOffer = Static<typeof TrustOffer>

/** The id of a `config` message that has nothing but `trust`. */
export const trustId = 'trust'

const validator = Compile(TrustOffer)

/**
 * Takes the part `trust` out of a payload of `config`.
 * @returns the offer, and the payload of the desired settings alone; empty: there are none
 * @throws PayloadError for an invalid offer
 */
export function takeTrust(payload: Buffer): { offer: TrustOffer | undefined; rest: Buffer } {
  if (!payload.includes('"trust"')) return { offer: undefined, rest: payload }
  const { trust, ...others } = readJson(payload)
  if (trust === undefined) return { offer: undefined, rest: payload }
  if (!validator.Check(trust)) throw new PayloadError('bad-json', 'trust is not understood')
  const isAlone = Object.keys(others).length === 1 && others.id === trustId
  return { offer: trust, rest: Buffer.from(isAlone ? '' : JSON.stringify(others)) }
}

/** The certificates in a PEM file, each as PEM with its last line end. */
export const certificatesIn = (text: string): string[] =>
  (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((one) => `${one.replaceAll('\r', '')}\n`)

/** Names a certificate in an info: the first 16 digits of its SHA-256, in lower case. @throws Error for a text that is no certificate */
export const fingerprintOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase()
