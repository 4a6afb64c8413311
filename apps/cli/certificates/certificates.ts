import { day, hour } from '@hearthwatch/protocol/durations'
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

/** A certificate and its private key, both as PEM text. */
export interface Pair {
  certificate: string
  key: string
}

export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Validity of a certificate in ms. The authority's is long, because it is copied to every sensor by hand. */
export const lifetime = { authority: 3650 * day, server: 825 * day }

/** Makes a private key on the curve P-256, as PEM text (PKCS #8). */
export function makeKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/**
 * Makes the authority's self-signed certificate for this key. Its name is derived from the key, so that a new certificate for
 * the same key replaces a lost one. Earlier signatures and copies stay valid.
 * @param now ms since the epoch
 */
export async function certifyAuthority(key: string, now: number): Promise<string> {
  const keys = readKey(key)
  const id = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Hearthwatch ${id.keyId.slice(0, 8)}`,
    serialNumber: serialNumber(),
    // A device whose clock is a little slow must accept the certificate on the first day.
    notBefore: new Date(now - hour),
    notAfter: new Date(now + lifetime.authority),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      id,
    ],
  })
  return `${certificate.toString('pem')}\n`
}

/**
 * Makes the server's certificate for this key and these host names and addresses, signed by the authority. It ends no later
 * than the authority's.
 * @param now ms since the epoch
 */
export function certifyServer(key: string, names: readonly string[], authority: Pair, now: number): Promise<string> {
  const ends = now + lifetime.server
  return certify(key, authority, now, { subject: 'Hearthwatch broker', serial: serialNumber(), usage: 'serverAuth', names, ends })
}

interface Certified {
  subject: string
  serial: string
  usage: 'serverAuth' | 'clientAuth'
  names?: readonly string[]
  /** ms since the epoch. Default: the authority's end, which is never exceeded */
  ends?: number
}

/** Makes the certificate of one end of a TLS connection, signed by the authority. */
export async function certify(
  key: string,
  authority: Pair,
  now: number,
  { subject, serial, usage, names = [], ends = Number.POSITIVE_INFINITY }: Certified,
): Promise<string> {
  const { publicKey } = readKey(key)
  const issuer = new x509.X509Certificate(authority.certificate)
  const alternatives = names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: issuer.subject,
    serialNumber: serial,
    notBefore: new Date(now - hour),
    notAfter: new Date(Math.min(ends, issuer.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: readKey(authority.key).privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
      ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return `${certificate.toString('pem')}\n`
}

/** True if this text is a private key in PEM. */
export function isKey(text: string): boolean {
  try {
    return createPrivateKey(text).type === 'private'
  } catch {
    return false
  }
}

/** True if the certificate is for this private key. */
export function belongTogether({ certificate, key }: Pair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

/** True if the authority has signed the certificate. */
export function isSignedBy(authority: string, certificate: string): boolean {
  const [signer, signed] = [new X509Certificate(authority), new X509Certificate(certificate)]
  return signed.checkIssued(signer) && signed.verify(signer.publicKey)
}

/** End of the certificate's validity, in ms since the epoch. */
export function endOf(certificate: string): number {
  return new X509Certificate(certificate).validToDate.getTime()
}

/** The host names and addresses in the certificate; IPv6 in its short form. */
export function namesIn(certificate: string): string[] {
  if (certificate === '') return []
  const names = new x509.X509Certificate(certificate).getExtension(x509.SubjectAlternativeNameExtension)
  return names?.names.items.map(({ value }) => value) ?? []
}

/** The key as `@peculiar/x509` takes it. */
export function readKey(key: string): CryptoKeyPair {
  const privateKey = createPrivateKey(key)
  return {
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey,
    publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
  }
}

/** 126 random bits: a serial number is positive, and at most 20 bytes long (RFC 5280, 4.1.2.2). */
export function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('hex')
}
