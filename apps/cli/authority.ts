import { belongTogether, certifyAuthority, certifyServer, endOf, isKey, isSignedBy, makeKey, namesIn, renewBefore } from './certificates.ts'

/** The house's papers as PEM text: an authority that sensors trust, and the broker's certificate signed by it. */
export interface Papers {
  /** Not there where a person keeps it elsewhere. */
  'ca.key'?: string
  'ca.crt': string
  'server.key': string
  'server.crt': string
}

/** The papers cannot be completed without undoing what a person has done on purpose. */
export class PapersError extends Error {}

/**
 * Completes a set of papers. What is good stays, letter for letter; the authority's key always does, and its
 * certificate until its last 30 days. The server's certificate is made anew when it is missing, does not fit its key
 * or the authority, has fewer than 30 days left, or lacks one of `names`; names that it had before stay in it.
 * @param now ms since the epoch
 * @returns the papers, and why the server's certificate is new (empty where it is not)
 * @throws PapersError where something has to be signed, but the authority's key is gone or another one
 */
export async function completePapers(
  found: Partial<Papers>,
  names: readonly string[],
  now: number,
): Promise<{ papers: Papers; why: string }> {
  const authority = await completeAuthority(found, now)
  const key = found['server.key'] !== undefined && isKey(found['server.key']) ? found['server.key'] : makeKey()
  const former = found['server.crt']
  const why = flaw(former, key, authority['ca.crt'], names, now)
  if (former !== undefined && why === '') return { papers: { ...authority, 'server.key': key, 'server.crt': former }, why }
  const all = [...new Set([...names, ...attempt(() => namesIn(former ?? ''), [])])]
  const certificate = await certifyServer(key, all, signer(authority, `server.crt is needed anew: ${why}`), now)
  return { papers: { ...authority, 'server.key': key, 'server.crt': certificate }, why }
}

async function completeAuthority(found: Partial<Papers>, now: number): Promise<Pick<Papers, 'ca.key' | 'ca.crt'>> {
  const { 'ca.crt': certificate, 'ca.key': key } = found
  if (certificate === undefined) {
    const any = key !== undefined && isKey(key) ? key : makeKey()
    return { 'ca.key': any, 'ca.crt': await certifyAuthority(any, now) }
  }
  const kept = key === undefined ? { 'ca.crt': certificate } : { 'ca.key': key, 'ca.crt': certificate }
  const end = attempt(() => endOf(certificate), 0)
  if (end - now >= renewBefore) return kept
  const why = end > 0 ? `it ends on ${date(end)}` : 'it cannot be read'
  return { ...kept, 'ca.crt': await certifyAuthority(signer(kept, `ca.crt is needed anew: ${why}`, end > 0).key, now) }
}

/** What is wrong with the server's certificate; empty where nothing is. */
function flaw(certificate: string | undefined, key: string, authority: string, names: readonly string[], now: number): string {
  if (certificate === undefined) return 'there was none'
  if (!belongTogether({ certificate, key })) return 'it was not for its key'
  if (!isSignedBy(authority, certificate)) return 'it was signed by another authority'
  const end = endOf(certificate)
  if (end - now < renewBefore) return `it would have ended on ${date(end)}`
  const known = namesIn(certificate)
  const missing = names.filter((name) => !known.includes(name))
  return missing.length > 0 ? `it was without ${missing.join(', ')}` : ''
}

/** The authority as somebody who can sign. @throws PapersError saying what it is needed for, where it cannot */
function signer(authority: Pick<Papers, 'ca.key' | 'ca.crt'>, need: string, readable = true): { certificate: string; key: string } {
  const { 'ca.key': key = '', 'ca.crt': certificate } = authority
  if (readable ? belongTogether({ certificate, key }) : isKey(key)) return { certificate, key }
  throw new PapersError(
    `${need}; but ca.key is not there, or not the key of ca.crt. Put the right one back, ` +
      'or delete ca.key and ca.crt to get a new authority, whose ca.crt every sensor with TLS then needs.',
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
