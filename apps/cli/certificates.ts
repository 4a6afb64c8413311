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

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** How long a certificate stands: the authority's travels to every sensor by hand, the server's is ours alone. */
export const lifetime = { authority: 3650 * day, server: 825 * day }

/** A certificate with fewer days left than these is made anew. */
export const renewBefore = 30 * day

/** A private key on the curve P-256, as PEM text (PKCS #8). */
export function makeKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/**
 * The authority's own certificate for this key. Its name follows from the key, so one made again for the same key
 * stands for the lost one: what was signed before, and who trusts the old copy, stay good.
 * @param now ms since the epoch
 */
export async function certifyAuthority(key: string, now: number): Promise<string> {
  const keys = readKey(key)
  const id = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Hearthwatch ${id.keyId.slice(0, 8)}`,
    serialNumber: serialNumber(),
    // A device whose clock is a little behind must not refuse us on the first day.
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
 * The server's certificate for this key, good for these host names and addresses, signed by the authority. It does
 * not outlive the authority.
 * @param now ms since the epoch
 */
export async function certifyServer(key: string, names: readonly string[], authority: Pair, now: number): Promise<string> {
  const keys = readKey(key)
  const issuer = new x509.X509Certificate(authority.certificate)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Hearthwatch broker',
    issuer: issuer.subject,
    serialNumber: serialNumber(),
    notBefore: new Date(now - hour),
    notAfter: new Date(Math.min(now + lifetime.server, issuer.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: readKey(authority.key).privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return `${certificate.toString('pem')}\n`
}

/** Whether this text is a private key. */
export function isKey(text: string): boolean {
  try {
    return createPrivateKey(text).type === 'private'
  } catch {
    return false
  }
}

/** Whether this text is a certificate for this private key. */
export function belongTogether({ certificate, key }: Pair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

/** Whether the authority has signed it. */
export function isSignedBy(authority: string, certificate: string): boolean {
  const [signer, signed] = [new X509Certificate(authority), new X509Certificate(certificate)]
  return signed.checkIssued(signer) && signed.verify(signer.publicKey)
}

/** Until when the certificate is good, in ms since the epoch. */
export function endOf(certificate: string): number {
  return new X509Certificate(certificate).validToDate.getTime()
}

/** The host names and addresses in the certificate; IPv6 in its short form. */
export function namesIn(certificate: string): string[] {
  const names = new x509.X509Certificate(certificate).getExtension(x509.SubjectAlternativeNameExtension)
  return names?.names.items.map(({ value }) => value) ?? []
}

function readKey(key: string): CryptoKeyPair {
  const privateKey = createPrivateKey(key)
  return {
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey,
    publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
  }
}

/** 126 random bits: a serial number is positive, and at most 20 bytes long (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('hex')
}
