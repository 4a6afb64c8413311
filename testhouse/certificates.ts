import { day } from '@hearthwatch/protocol/durations'
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate and its key, as PEM. */
export interface Pair {
  certificate: string
  key: string
}

export interface Authority extends Pair {
  /** Issues a certificate for a host; with `ends` in the past it is expired. @param key default: a new one */
  issue(host: string, ends?: Date, key?: string): Promise<Pair>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export async function createAuthority(name: string): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto)
  const keys = await generate()
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notAfter: new Date(Date.now() + day),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  return {
    certificate: root.toString('pem'),
    key: await pem(keys.privateKey),
    async issue(host, ends = new Date(Date.now() + day), key) {
      const own = key === undefined ? await generate() : keysOf(key)
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${host}`,
        issuer: root.subject,
        notBefore: new Date(ends.getTime() - 2 * day),
        notAfter: ends,
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        signingAlgorithm: algorithm,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: /^[\d.]+$/.test(host) ? 'ip' : 'dns', value: host }])],
      })
      return { certificate: certificate.toString('pem'), key: await pem(own.privateKey) }
    },
  }
}

function keysOf(key: string) {
  const privateKey = createPrivateKey(key)
  return {
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']),
    publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']),
  } as CryptoKeyPair
}

function generate() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
}

async function pem(key: CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key as webcrypto.CryptoKey)
  return x509.PemConverter.encode(bytes, 'PRIVATE KEY')
}
