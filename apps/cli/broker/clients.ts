import type { TextFolder as Folder } from '@hearthwatch/files'
import { renewBefore } from '@hearthwatch/protocol/durations'
import { belongTogether, isKey, makeKey, type Pair } from '../certificates/certificates.ts'
import { certifyClient, isClientPair, isComplete, isListOf, revoke, serialOf } from '../certificates/client.ts'
import type { Step } from '../report.ts'
import { SetupError } from '../setup-request.ts'

/** The list of revoked certificates, which the broker reads. */
export const revocations = 'clients.crl'

/** The files of a client's certificate and key, in the folder of the house. */
export const clientFiles = (user: string) => ({ certificate: `client-${user}.crt`, key: `client-${user}.key` })

/** True if the broker's port with TLS requires client certificates. @throws SetupError for another value of the setting */
export function requiresCertificates(env: Readonly<Record<string, string | undefined>>): boolean {
  const { BROKER_CLIENT_CERTIFICATES: value = '' } = env
  if (value !== '' && value !== 'required')
    throw new SetupError(`BROKER_CLIENT_CERTIFICATES must be "required", or empty; it is ${JSON.stringify(value)}.`)
  return value === 'required'
}

export interface ClientRequest {
  /** Folder of `ca.crt` and `clients.crl`. */
  certificates: Folder
  /** Folder of the clients' certificates and keys. */
  clients: Folder
  /** Folder of `ca.key`. */
  authority: Folder
  users: readonly string[]
  /** Users whose present certificate is revoked: their sensor is removed, or gets a new key. */
  revoked: readonly string[]
  /** ms since the epoch */
  now: number
}

/** Renews the certificates of all clients and the list, where setup has made one. @throws SetupError */
export async function renewClients({ certificates, clients, authority, now }: Omit<ClientRequest, 'users' | 'revoked'>): Promise<Step[]> {
  if ((await certificates.read(revocations)) === undefined) return []
  const users = (await clients.names()).flatMap((name) => /^client-(.+)\.crt$/.exec(name)?.[1] ?? [])
  return ensureClients({ certificates, clients, authority, users, revoked: [], now })
}

/**
 * Makes a certificate for each user that has none. One that ends within 30 days is renewed for the same key. Also makes the
 * list of revoked certificates.
 * @throws SetupError if something must be signed, but the authority's key is elsewhere
 */
export async function ensureClients({ certificates, clients, authority, users, revoked, now }: ClientRequest): Promise<Step[]> {
  const certificate = (await certificates.read('ca.crt')) ?? ''
  const key = (await authority.read('ca.key')) ?? ''
  const signer = (): Pair => {
    if (belongTogether({ certificate, key })) return { certificate, key }
    throw new SetupError('A client certificate must be signed or revoked; but ca.key is missing or is not the key of ca.crt.')
  }
  const serials: string[] = []
  for (const user of revoked) {
    const text = await clients.read(clientFiles(user).certificate)
    if (text !== undefined) serials.push(serialOf(text))
  }
  // The list first: after an interruption the old certificate is void, and the next run makes the new one.
  const steps: Step[] = []
  const found = await certificates.read(revocations)
  const former = found !== undefined && (await isListOf(certificate, found)) ? found : undefined
  const isCurrent = former !== undefined && isComplete(certificate, former, serials)
  const list = isCurrent ? former : await revoke(signer(), former, serials, now)
  const outcome = await certificates.ensure(revocations, list, 0o644)
  steps.push({ outcome, file: `${certificates.name}/${revocations}`, what: 'the revoked client certificates' })
  for (const user of revoked) for (const file of Object.values(clientFiles(user))) await clients.remove(file)

  for (const user of users) {
    const files = clientFiles(user)
    const [before, beforeKey] = [await clients.read(files.certificate), await clients.read(files.key)]
    const ownKey = beforeKey !== undefined && isKey(beforeKey) ? beforeKey : makeKey()
    const isGood = before !== undefined && isClientPair({ certificate: before, key: ownKey }, certificate, now, renewBefore)
    await clients.ensure(files.key, ownKey, 0o600)
    const text = isGood ? before : await certifyClient(ownKey, user, signer(), now)
    const outcome = await clients.ensure(files.certificate, text, 0o644)
    steps.push({
      outcome: outcome === 'completed' ? 'renewed' : outcome,
      file: `${clients.name}/${files.certificate}`,
      what: `the login of ${user} by certificate`,
    })
  }
  return steps
}
