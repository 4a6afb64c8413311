import type { Address } from './address.ts'

/** Return codes of CONNACK: MQTT 3.1.1, section 3.2.2.3. Mosquitto says 5 to a wrong password too. */
const refusals: Record<number, string> = {
  1: 'the broker does not speak MQTT 3.1.1',
  2: 'the broker refused our client id',
  3: 'the broker is not available at the moment, it says',
  4: 'the broker refused us: bad user name or password',
  5: 'the broker refused us: not authorised; user name and password may be wrong',
}

const unknownIssuer = 'the broker shows a certificate of an authority that we do not trust: is it the right CA file?'
const noTls = 'what answers there does not speak TLS: is it the right port?'
const wantsCertificate = 'the broker does not accept our client certificate, or wants one'

const troubles: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there: is the broker running?',
  ENOTFOUND: 'this host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up: is the network there?',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'there is no network to reach the host',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  CERT_SIGNATURE_FAILURE: unknownIssuer,
  ERR_TLS_CERT_ALTNAME_INVALID: "the broker's certificate is for another host name",
  CERT_HAS_EXPIRED: "the broker's certificate has expired, or our clock is wrong",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet: is our clock right?",
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: noTls,
  ERR_OSSL_PEM_NO_START_LINE: 'the CA, certificate or key file is not a PEM file',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the key does not belong to the certificate',
}

/** Whether it is the broker's no to our CONNECT. */
export function isRefusal(error: unknown): boolean {
  return typeof codeOf(error) === 'number'
}

/**
 * Why there is no connection, in words for people. Credentials are never part of it.
 * @param error what was heard last before the connection ended; undefined for a close without a word
 * @param accepted whether the broker had accepted us
 */
export function explain(error: unknown, accepted: boolean, address: Address): string {
  const code = codeOf(error)
  if (typeof code === 'number') return `${address.place}: ${refusals[code] ?? `the broker refused us (${code})`}`
  return `${address.place}: ${words(error, code, accepted, address.secure)}`
}

/** Why we keep away for a while. In MQTT 3.1.1 the broker does not say it itself. */
export function explainTaken(clientId: string, address: Address): string {
  return `${address.place}: another program seems to use our client id "${clientId}": the broker accepts us and closes the connection right away`
}

function words(error: unknown, code: string | undefined, accepted: boolean, secure: boolean): string {
  const message = error instanceof Error ? error.message : ''
  if (error === undefined || (code === 'ECONNRESET' && !accepted)) {
    if (accepted) return 'the broker closed the connection'
    return secure
      ? 'closed before TLS was agreed on: is it the TLS port, and does the broker want a client certificate?'
      : 'closed without an answer: is it a TLS port (mqtts://)?'
  }
  if (message === 'connack timeout') return 'no answer to CONNECT'
  if (message === 'Keepalive timeout') return 'the broker does not answer any more'
  if (code === undefined) return `what answers there does not speak MQTT (${message})`
  if (troubles[code] !== undefined) return troubles[code]
  if (/^ERR_SSL_.*ALERT/.test(code)) return wantsCertificate
  return code
}

function codeOf(error: unknown): string | number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' || typeof code === 'number' ? code : undefined
}
