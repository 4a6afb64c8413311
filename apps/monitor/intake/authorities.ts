import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { certificatesIn, fingerprintOf, type Info } from '@hearthwatch/protocol'
import type { Config } from '../config/config.ts'

/** An authority that the sensors of this house must trust. */
export interface Authority {
  pem: string
  fingerprint: string
  /** End of its validity, ms since the epoch. */
  end: number
}

type Files = Pick<Config, 'MQTT_CA_FILE' | 'brokerFiles'>

/** The file of the authorities: that of our own connection, else that of the broker in this house. */
const fileOf = ({ MQTT_CA_FILE, brokerFiles }: Files): string => MQTT_CA_FILE ?? join(brokerFiles, 'certs', 'ca.crt')

/** The authorities of this house that have not ended, the one that ends first at the beginning. Files are read anew. */
export function readAuthorities(files: Files, now: number): Authority[] {
  const file = fileOf(files)
  const texts = [file, join(dirname(file), 'ca-next.crt')].map((path) => readIfThere(path) ?? '')
  const all = texts.flatMap(certificatesIn).flatMap((pem) => {
    try {
      const certificate = new X509Certificate(pem)
      const end = certificate.validToDate.getTime()
      return certificate.ca && end > now ? [{ pem, fingerprint: fingerprintOf(pem), end }] : []
    } catch {
      return []
    }
  })
  return [...new Map(all.map((one) => [one.fingerprint, one])).values()].sort((a, b) => a.end - b.end)
}

/** The certificate that setup has made for a client, PEM; undefined: none. */
export const clientCertificate = (files: Files, user: string): string | undefined =>
  readIfThere(join(dirname(fileOf(files)), `client-${user}.crt`))

/** The fingerprints of the authorities that a device trusts; empty: it needs none; undefined: it does not say so. */
export function trustedBy(info: Info | null): string[] | undefined {
  const stated = info?.config?.authorities
  return typeof stated === 'string' ? stated.split(' ').filter((one) => one !== '') : undefined
}

/** True for a sensor of ours that may not trust this authority yet. */
export function lacks(info: Info | null, { fingerprint }: Authority): boolean {
  const trusted = trustedBy(info)
  if (trusted === undefined) return info?.epoch !== undefined
  return trusted.length > 0 && !trusted.includes(fingerprint)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
