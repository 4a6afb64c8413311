import { renewBefore, succeedBefore } from '@hearthwatch/protocol/durations'
import { belongTogether, certifyAuthority, certifyServer, endOf, isKey, isSignedBy, makeKey, namesIn, type Pair } from './certificates.ts'

/** PEM texts by file name: an authority that the sensors trust, and the broker's certificate, which it has signed. */
export interface CertificateFiles {
  /** May be missing: the owner may store it elsewhere. */
  'ca.key'?: string
  'ca.crt': string
  /** The successor of the authority in its last year: sensors learn to trust it, and nothing of the broker is signed by it yet. */
  'ca-next.key'?: string
  'ca-next.crt'?: string
  'server.key': string
  'server.crt': string
}

/** A certificate must be signed, but the authority's key is missing or does not match. */
export class CertificatesError extends Error {}

/**
 * Completes a set of certificate files. Valid files stay unchanged. In its last year the authority gets a successor, which
 * takes its place in its last 30 days. If it has none by then, its certificate is renewed for the same key. The server's certificate is renewed if it is missing, ends within 30 days or
 * lacks one of `names`. It is also renewed if it does not match its key or the authority. Old names are preserved.
 * @param now ms since the epoch
 * @returns the files, and the reason why the server's certificate is new (empty if it is not)
 * @throws CertificatesError if a certificate must be signed, but the authority's key is missing or does not match
 */
export async function completeCertificates(
  found: Partial<CertificateFiles>,
  names: readonly string[],
  now: number,
): Promise<{ files: CertificateFiles; why: string }> {
  const authority = await completeAuthority(found, now)
  const key = found['server.key'] !== undefined && isKey(found['server.key']) ? found['server.key'] : makeKey()
  const former = found['server.crt']
  const why = renewalReason(former, key, authority['ca.crt'], names, now)
  if (former !== undefined && why === '') return { files: { ...authority, 'server.key': key, 'server.crt': former }, why }
  const all = [...new Set([...names, ...attempt(() => namesIn(former ?? ''), [])])]
  const certificate = await certifyServer(key, all, signer(authority, `server.crt must be renewed: ${why}`), now)
  return { files: { ...authority, 'server.key': key, 'server.crt': certificate }, why }
}

type AuthorityFiles = Pick<CertificateFiles, 'ca.key' | 'ca.crt' | 'ca-next.key' | 'ca-next.crt'>

async function completeAuthority(found: Partial<CertificateFiles>, now: number): Promise<AuthorityFiles> {
  const { 'ca.crt': certificate, 'ca.key': key, 'ca-next.crt': next, 'ca-next.key': nextKey } = found
  if (certificate === undefined) {
    const usable = key !== undefined && isKey(key) ? key : makeKey()
    return { 'ca.key': usable, 'ca.crt': await certifyAuthority(usable, now) }
  }
  const existing = key === undefined ? { 'ca.crt': certificate } : { 'ca.key': key, 'ca.crt': certificate }
  const end = attempt(() => endOf(certificate), 0)
  const isNext = next !== undefined && attempt(() => endOf(next), 0) > end
  const successor = isNext ? { ...(nextKey !== undefined && { 'ca-next.key': nextKey }), 'ca-next.crt': next } : {}
  if (end - now >= succeedBefore) return existing
  if (end - now >= renewBefore) return { ...existing, ...(isNext ? successor : await makeSuccessor(nextKey, now)) }
  if (isNext) return nextKey === undefined ? { 'ca.crt': next } : { 'ca.key': nextKey, 'ca.crt': next }
  const why = end > 0 ? `it ends on ${date(end)}` : 'it cannot be read'
  return { ...existing, 'ca.crt': await certifyAuthority(signer(existing, `ca.crt must be renewed: ${why}`, end > 0).key, now) }
}

async function makeSuccessor(found: string | undefined, now: number): Promise<Pick<AuthorityFiles, 'ca-next.key' | 'ca-next.crt'>> {
  const key = found !== undefined && isKey(found) ? found : makeKey()
  return { 'ca-next.key': key, 'ca-next.crt': await certifyAuthority(key, now) }
}

/** The reason why the server's certificate must be renewed; empty if it is valid. */
function renewalReason(certificate: string | undefined, key: string, authority: string, names: readonly string[], now: number): string {
  if (certificate === undefined) return 'it did not exist'
  if (!belongTogether({ certificate, key })) return 'it did not match its key'
  if (!isSignedBy(authority, certificate)) return 'it was signed by another authority'
  const end = endOf(certificate)
  if (end - now < renewBefore) return `it would have ended on ${date(end)}`
  const known = namesIn(certificate)
  const missing = names.filter((name) => !known.includes(name))
  return missing.length > 0 ? `it lacked ${missing.join(', ')}` : ''
}

/** The authority's pair, to sign with. @throws CertificatesError with the need, if its key is missing or does not match */
function signer(authority: Pick<CertificateFiles, 'ca.key' | 'ca.crt'>, need: string, readable = true): Pair {
  const { 'ca.key': key = '', 'ca.crt': certificate } = authority
  if (readable ? belongTogether({ certificate, key }) : isKey(key)) return { certificate, key }
  throw new CertificatesError(
    `${need}; but ca.key is missing or is not the key of ca.crt. Restore the right ca.key, or delete ca.key and ca.crt to ` +
      'create a new authority; every sensor with TLS then needs the new ca.crt.',
  )
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

function date(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
