import { hour } from '@hearthwatch/protocol/durations'
import 'reflect-metadata'
import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { algorithm, belongTogether, certify, endOf, isSignedBy, type Pair, readKey } from './certificates.ts'

/**
 * Makes a certificate with which a client of the broker logs in as this user. It ends with the authority's. An
 * earlier end would lock out a sensor that was off at that time; the revocation list locks out a stolen one. The serial
 * number is made of the key, so that a revoked key is void with the certificate of every authority.
 * @param now ms since the epoch
 */
export function certifyClient(key: string, user: string, authority: Pair, now: number): Promise<string> {
  return certify(key, authority, now, { subject: user, serial: serialOfKey(key), usage: 'clientAuth' })
}

/** True if the user can log in with this pair for at least `left` ms more. @param now ms since the epoch */
export function isClientPair({ certificate, key }: Pair, authority: string, now: number, left: number): boolean {
  return belongTogether({ certificate, key }) && isSignedBy(authority, certificate) && endOf(certificate) - now >= left
}

/** A serial number in a list, and since when it is there. */
export interface Revoked {
  serialNumber: string
  revocationDate: Date
}

/** The lists of a file, PEM, one for each authority. */
export const listsIn = (file: string): string[] => file.match(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g) ?? []

/** All entries of these lists, each once. */
export function entriesOf(lists: readonly string[]): Revoked[] {
  const all = lists.flatMap((list) => new x509.X509Crl(list).entries)
  return all.filter((one, index) => all.findIndex(({ serialNumber }) => isSameSerial(serialNumber, one.serialNumber)) === index)
}

/** Makes the list of an authority, which ends with it. @param former its present list */
export async function makeList(authority: Pair, former: string | undefined, revoked: readonly Revoked[], now: number): Promise<string> {
  const before = former === undefined ? undefined : new x509.X509Crl(former)
  // OpenSSL takes the newer of two lists, by the second, and refuses every client if a list begins in the future.
  const thisUpdate = new Date(Math.max(now - hour, (before?.thisUpdate.getTime() ?? 0) + 1000))
  const issuer = new x509.X509Certificate(authority.certificate)
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate,
    // A list that has ended locks everyone out.
    nextUpdate: issuer.notAfter,
    entries: revoked.map(({ serialNumber, revocationDate }) => ({ serialNumber, revocationDate })),
    signingAlgorithm: algorithm,
    signingKey: readKey(authority.key).privateKey,
    extensions: [await x509.AuthorityKeyIdentifierExtension.create(issuer)],
  })
  // OpenSSL knows the list by this name alone.
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`
}

/** True if this authority has made the list. */
export async function isListOf(authority: string, list: string): Promise<boolean> {
  try {
    return await new x509.X509Crl(list).verify({ publicKey: new x509.X509Certificate(authority) })
  } catch {
    return false
  }
}

/** True if the list has these serial numbers, and ends with its authority: a renewed authority lives longer than its former list. */
export function isComplete(authority: string, list: string, serials: readonly string[]): boolean {
  const { entries, nextUpdate } = new x509.X509Crl(list)
  if ((nextUpdate?.getTime() ?? 0) < endOf(authority)) return false
  return serials.every((serial) => entries.some(({ serialNumber }) => isSameSerial(serialNumber, serial)))
}

function serialOfKey(key: string): string {
  const bytes = createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 16)
  // Positive, and without a leading zero byte.
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('hex')
}

export const serialOf = (certificate: string): string => new X509Certificate(certificate).serialNumber

const isSameSerial = (a: string, b: string) => BigInt(`0x${a}`) === BigInt(`0x${b}`)
