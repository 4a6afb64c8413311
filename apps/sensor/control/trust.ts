import { createPrivateKey, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { openJsonFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import { certificatesIn, fingerprintOf, type TrustOffer } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'

/** Authorities that are kept beside those of `MQTT_CA_FILE`. */
const most = 4

interface Stored {
  authorities: string[]
  certificate?: string
}

export type Trust = ReturnType<typeof openTrust>

/**
 * The authorities that the sensor trusts, and its own certificate. They are those of the settings, and those that the monitor has
 * offered over a connection with TLS. The latter are stored in `OUTBOX_DIR`, because an installed sensor may write nowhere else.
 * @param now ms since the epoch
 */
export function openTrust(config: SensorConfig, log: Log, now: () => number = Date.now) {
  const { tls, MQTT_URL, OUTBOX_DIR, SENSOR_ID } = config
  const file = openJsonFile(join(OUTBOX_DIR, `${SENSOR_ID}.trust.json`))
  // Without a file, the authorities of the system are trusted, which are not ours to extend.
  const isPinned = /^(mqtts|wss):/.test(MQTT_URL) && tls.ca !== undefined
  const own = certificatesIn(tls.ca ?? '')
  let stored = readStored()
  let inForce = combine()

  function readStored(): Stored {
    try {
      const { authorities = [], certificate } = (file.read() ?? {}) as Partial<Stored>
      const isAuthority = (pem: unknown) => typeof pem === 'string' && problemOf(pem) === null
      const valid = Array.isArray(authorities) ? authorities.filter(isAuthority) : []
      return { authorities: valid, ...(typeof certificate === 'string' && { certificate }) }
    } catch (error) {
      log.error('the authorities that the monitor has offered cannot be read; using those of MQTT_CA_FILE', {
        why: (error as Error).message,
      })
      return { authorities: [] }
    }
  }

  /** The reason why this is no authority to trust; null: it is one. */
  function problemOf(pem: string): string | null {
    try {
      const certificate = new X509Certificate(pem)
      if (!certificate.ca || !certificate.verify(certificate.publicKey)) return 'it is no authority'
      return certificate.validToDate.getTime() <= now() ? 'it has ended' : null
    } catch {
      return 'it is no certificate'
    }
  }

  function combine() {
    if (!isPinned) return { ca: tls.ca, cert: tls.cert, report: { authorities: '' } }
    const all = [...new Map([...own, ...stored.authorities].map((pem) => [fingerprintOf(pem), pem]))]
    const cert = [tls.cert, stored.certificate].filter((pem) => pem !== undefined && isForOurKey(pem)).sort(byEnd)[0] ?? tls.cert
    return {
      ca: `${tls.ca}\n${stored.authorities.join('')}`,
      cert,
      report: { authorities: all.map(([fingerprint]) => fingerprint).join(' '), ...(cert && { certificate: fingerprintOf(cert) }) },
    }
  }

  function isForOurKey(pem: string): boolean {
    try {
      return tls.key !== undefined && new X509Certificate(pem).checkPrivateKey(createPrivateKey(tls.key))
    } catch {
      return false
    }
  }

  return {
    /** PEM texts for a connection. The next attempt uses what was accepted meanwhile. */
    get ca() {
      return inForce.ca
    },
    get cert() {
      return inForce.cert
    },
    key: tls.key,

    /** For the info: fingerprints of the authorities and of the own certificate. Empty: it trusts those of its system, or uses no TLS. */
    get report(): { authorities: string; certificate?: string } {
      return inForce.report
    },

    /** @returns true if something has changed */
    accept({ authorities, certificate }: TrustOffer): boolean {
      if (!isPinned) {
        log.warn('an authority was offered and refused: MQTT_URL is not mqtts:// with an MQTT_CA_FILE')
        return false
      }
      const fresh = authorities.filter((pem) => {
        const why = problemOf(pem)
        if (why !== null) log.warn('an offered authority was refused', { why })
        return why === null && !inForce.report.authorities.includes(fingerprintOf(pem))
      })
      const isOurs = certificate !== undefined && isForOurKey(certificate)
      if (certificate !== undefined && !isOurs)
        log.warn('an offered certificate was refused', { why: 'it is not for the key of this sensor' })
      const isNew = isOurs && certificate !== stored.certificate && certificate !== tls.cert
      if (fresh.length === 0 && !isNew) return false
      const kept = stored.authorities.filter((pem) => problemOf(pem) === null)
      const next = { ...stored, authorities: [...kept, ...fresh].slice(-most), ...(isNew && { certificate }) }
      try {
        file.write(next)
      } catch (error) {
        log.error('an offered authority cannot be stored', { why: (error as Error).message })
        return false
      }
      stored = next
      inForce = combine()
      log.info('the sensor trusts one more authority, or has a renewed certificate', { ...inForce.report })
      return true
    },
  }
}

const byEnd = (a: string | undefined, b: string | undefined) => endOf(b) - endOf(a)

const endOf = (pem: string | undefined) => (pem === undefined ? 0 : new X509Certificate(pem).validToDate.getTime())
