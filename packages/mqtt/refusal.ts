import type { Address } from './address.ts'

/** Return codes of CONNACK: MQTT 3.1.1, section 3.2.2.3. Mosquitto returns 5 for a wrong password too. */
const refusals: Record<number, string> = {
  1: 'the broker does not speak MQTT 3.1.1',
  2: 'the broker refused our client id',
  3: 'the broker reports that it is not available at the moment',
  4: 'the broker refused us: bad user name or password',
  5: 'the broker refused us: not authorised; user name and password may be wrong',
}

const unknownIssuer = "the authority of the broker's certificate is not trusted: is it the right CA file?"
const noTls = 'the server does not speak TLS: is it the right port?'
const certificateRequired = 'the broker requires a client certificate, or does not accept ours'

const failures: Record<string, string> = {
  ECONNREFUSED: 'no program listens on this port: is the broker running?',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up: is the network up?',
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

/** True if the broker refused our CONNECT with a return code. */
export function isRefusal(error: unknown): boolean {
  return typeof codeOf(error) === 'number'
}

/**
 * The reason why there is no connection, for people. It never contains credentials.
 * @param error last error before the connection ended; undefined for a close without an error
 * @param accepted true if the broker had accepted the connection
 */
export function explain(error: unknown, accepted: boolean, address: Address): string {
  const code = codeOf(error)
  if (typeof code === 'number') return `${address.hostPort}: ${refusals[code] ?? `the broker refused us (${code})`}`
  return `${address.hostPort}: ${words(error, code, accepted, address.secure)}`
}

/** The reason if the broker closes the connection before it has answered a subscription; in MQTT 3.1.1 it does not send it. */
export function explainUnsubscribed(address: Address): string {
  return `${address.hostPort}: the broker closes the connection when we subscribe: may this user read these topics?`
}

/**
 * The reason for the state `taken`; in MQTT 3.1.1 the broker does not send it.
 * @param losses connections that the broker has closed within ten minutes
 */
export function explainTaken(clientId: string, address: Address, losses: number): string {
  const how = losses > 3 ? `has closed ${losses} connections within 10 min` : 'closes the connection right away'
  return `${address.hostPort}: another program seems to use our client id "${clientId}": the broker accepts us and ${how}`
}

/** True if the broker has stopped answering, so that mqtt.js closed the connection. */
export const isKeepaliveTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Keepalive timeout'

function words(error: unknown, code: string | undefined, accepted: boolean, secure: boolean): string {
  const message = error instanceof Error ? error.message : ''
  if (error === undefined || (code === 'ECONNRESET' && !accepted)) {
    if (accepted) return 'the broker closed the connection'
    return secure
      ? 'closed during the TLS handshake: is it the TLS port, and does the broker require a client certificate?'
      : 'closed without an answer: is it a TLS port (mqtts://)?'
  }
  if (message === 'connack timeout') return 'no answer to CONNECT'
  if (message === 'Keepalive timeout') return 'the broker does not answer any more'
  if (code === undefined) return `the server does not speak MQTT (${message})`
  if (failures[code] !== undefined) return failures[code]
  if (/^ERR_SSL_.*ALERT/.test(code)) return certificateRequired
  return code
}

function codeOf(error: unknown): string | number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' || typeof code === 'number' ? code : undefined
}
