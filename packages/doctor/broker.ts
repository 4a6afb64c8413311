import { X509Certificate } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import { ports } from '@hearthwatch/mqtt'
import { renewBefore, second } from '@hearthwatch/protocol/durations'
import { error, type Finding, ok, skipped, warning } from './finding.ts'
import type { Words } from './words.ts'

/** ms that the broker may take for each answer */
const timeout = 5 * second

/** How a program reaches its broker. */
export interface BrokerAddress {
  url: string
  /** PEM texts. */
  tls: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined }
  /** The protocol that the TLS handshake asks for. Default: none */
  alpn?: string | undefined
  /** True within a container. */
  isContained?: boolean
}

/** Looks up the broker's host, connects to its port, and checks its certificate. The first error ends it. */
export async function checkBroker(
  { url, tls: given, alpn, isContained = false }: BrokerAddress,
  words: Words,
  now: number,
): Promise<Finding[]> {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const secure = protocol === 'mqtts:' || protocol === 'wss:'
  const at = { host, port: port === '' ? ports[protocol as keyof typeof ports] : Number(port) }
  const rest = (...ids: string[]) => ids.map((id) => skipped(id, words.unreachable, ''))
  const { finding: dns, addresses } = await checkDns(host, isContained, words.dns)
  if (dns.level === 'error') return [dns, ...rest('tcp', 'tls')]
  const tcp = await checkTcp(at, addresses, words.tcp)
  if (tcp.level === 'error') return [dns, tcp, ...rest('tls')]
  const tls = secure ? await checkTls(at, { ...given, alpn }, words.tls, now) : skipped('tls', words.tls.none, words.tls.noneWhy)
  return [dns, tcp, tls]
}

async function checkDns(host: string, isContained: boolean, words: Words['dns']): Promise<{ finding: Finding; addresses: string[] }> {
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address)
    return { finding: ok('dns', words.good(host, addresses.join(', '))), addresses }
  } catch (failure) {
    // Multicast DNS is not looked up within a container.
    const isMulticast = host.endsWith('.local') && isContained
    const { code, message } = failure as NodeJS.ErrnoException
    const why = isMulticast ? words.multicast : code === 'ENOTFOUND' ? words.unknown : message
    return { finding: error('dns', words.bad(host), why, isMulticast ? words.multicastDo(host) : words.do), addresses: [] }
  }
}

/** Tries each address: a broker may listen on IPv4 alone, and a host such as localhost have both. */
async function checkTcp(
  { host, port }: { host: string; port: number },
  addresses: readonly string[],
  words: Words['tcp'],
): Promise<Finding> {
  const answers = await Promise.all(addresses.map(async (address) => ({ address, why: await answerOf(address, port, words) })))
  const good = answers.filter(({ why }) => why === null).map(({ address }) => `${address.includes(':') ? `[${address}]` : address}:${port}`)
  if (good.length > 0) return ok('tcp', words.good(good.join(', ')))
  const only = answers.length === 1 ? answers[0]?.why : undefined
  return error(
    'tcp',
    words.bad(`${host}:${port}`),
    only ?? answers.map(({ address, why }) => words.answer(address, why ?? '')).join(' '),
    words.do,
  )
}

/** Why a port does not answer; null: it does. */
async function answerOf(host: string, port: number, words: Words['tcp']): Promise<string | null> {
  try {
    await opened(connectTcp({ host, port }), 'connect')
    return null
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException
    return code === 'ECONNREFUSED' ? words.refused : code === 'ETIMEDOUT' ? words.timeout : message
  }
}

async function checkTls(
  at: { host: string; port: number },
  { alpn, ...tls }: BrokerAddress['tls'] & Pick<BrokerAddress, 'alpn'>,
  words: Words['tls'],
  now: number,
): Promise<Finding> {
  const date = (text: string | number) => new Date(text).toISOString().slice(0, 10)
  const clock = date(now)
  let certificate: PeerCertificate | undefined
  try {
    const name = isIP(at.host) ? {} : { servername: at.host }
    // Refused by hand below, so that the certificate can be described.
    const socket = connectTls({ ...at, ...name, ...tls, ...(alpn && { ALPNProtocols: [alpn] }), rejectUnauthorized: false })
    await opened(socket, 'secureConnect', () => {
      certificate = socket.getPeerCertificate(true)
      if (!socket.authorized) throw Object.assign(new Error(String(socket.authorizationError)), { code: socket.authorizationError })
    })
    const until = Date.parse(certificate?.valid_to ?? '')
    if (until - now < renewBefore) return warning('tls', words.soon(date(until)), words.soonWhy, words.soonDo)
    return ok('tls', words.good(date(until)))
  } catch (failure) {
    const { code, message } = failure as { code?: unknown; message: string }
    const refuse = (why: string, remedy: string) => error('tls', words.bad, why, remedy)
    const fail = (why: string, remedy: string) => error('tls', words.failed, why, remedy)
    // OpenSSL has one code for this and for a server without TLS.
    if (/alert no application protocol/.test(message)) return fail(words.noProtocol(alpn ?? ''), words.noProtocolDo)
    const { valid_from: from = '', valid_to: to = '', subjectaltname: names = '' } = certificate ?? {}
    switch (String((code as NodeJS.ErrnoException)?.code ?? code)) {
      case 'CERT_NOT_YET_VALID':
        return refuse(words.early(date(from), clock), words.earlyDo)
      case 'CERT_HAS_EXPIRED':
        return refuse(words.expired(date(to), clock), words.soonDo)
      case 'ERR_TLS_CERT_ALTNAME_INVALID':
        return refuse(words.name(at.host, names.replaceAll(/(DNS|IP Address):/g, '')), words.nameDo(at.host))
      case 'EPROTO':
      case 'ERR_SSL_WRONG_VERSION_NUMBER':
      case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      case 'ECONNRESET':
        return fail(words.noTls, words.noTlsDo)
      case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      case 'SELF_SIGNED_CERT_IN_CHAIN':
      case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      case 'UNABLE_TO_GET_ISSUER_CERT':
      case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      case 'CERT_SIGNATURE_FAILURE':
        return refuse(issuersOf(certificate, tls.ca, words), words.issuerDo)
      default:
        return refuse(message, words.issuerDo)
    }
  }
}

/** The authority that signed the broker's certificate, and ours. Both may have one name, so their fingerprints are told too. */
function issuersOf(shown: PeerCertificate | undefined, ca: string | undefined, words: Words['tls']): string {
  const issuer = (shown as (PeerCertificate & { issuerCertificate?: PeerCertificate }) | undefined)?.issuerCertificate
  const theirs = issuer?.fingerprint256 ? nameOf(issuer.subject?.CN, issuer.fingerprint256) : (shown?.issuer?.CN ?? '?')
  if (ca === undefined) return words.issuer(String(theirs), words.noAuthority)
  try {
    const { subject, fingerprint256 } = new X509Certificate(ca)
    return words.issuer(String(theirs), nameOf(/CN=(.*)/.exec(subject)?.[1], fingerprint256))
  } catch {
    return words.issuer(String(theirs), words.unreadableAuthority)
  }
}

const nameOf = (name: string | string[] | undefined, fingerprint: string) => `${name ?? '?'} (${fingerprint.slice(0, 11)}…)`

/** Waits for the event, calls `check`, and closes the socket. @throws Error of the socket or of the check, or ETIMEDOUT */
async function opened(socket: Socket, event: 'connect' | 'secureConnect', check: () => void = () => {}): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
      socket.setTimeout(timeout, () => reject(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })))
    })
    check()
  } finally {
    socket.on('error', () => {})
    socket.destroy()
  }
}
