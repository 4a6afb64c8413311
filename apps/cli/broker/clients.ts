import type { TextFolder as Folder } from '@hearthwatch/files'
import { renewBefore } from '@hearthwatch/protocol/durations'
import { belongTogether, isKey, makeKey, type Pair } from '../certificates/certificates.ts'
import { certifyClient, entriesOf, isClientPair, isComplete, isListOf, listsIn, makeList, serialOf } from '../certificates/client.ts'
import type { Step } from '../report.ts'
import { SetupError } from '../setup-request.ts'

/** The list of revoked certificates, which the broker reads. */
export const revocations = 'clients.crl'

/** The authorities whose certificates a client may log in with. */
export const clientAuthorities = 'clients-ca.crt'

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
  const authorities = await readPairs(certificates, authority)
  const all = authorities.map(({ certificate }) => certificate)
  // The newest: its certificates need no exchange when it takes the place of the present one.
  const newest = authorities.at(-1) as Pair
  const serials: string[] = []
  for (const user of revoked) {
    const text = await clients.read(clientFiles(user).certificate)
    if (text !== undefined) serials.push(serialOf(text))
  }
  // The lists first: after an interruption the old certificate is void, and the next run makes the new one.
  const lists = await makeLists(authorities, listsIn((await certificates.read(revocations)) ?? ''), serials, now)
  const steps: Step[] = []
  for (const [file, text, what] of [
    [clientAuthorities, all.join(''), 'the authorities of the client certificates'],
    [revocations, lists, 'the revoked client certificates'],
  ] as const)
    steps.push({ outcome: await certificates.ensure(file, text, 0o644), file: `${certificates.name}/${file}`, what })
  for (const user of revoked) for (const file of Object.values(clientFiles(user))) await clients.remove(file)

  for (const user of users) {
    const files = clientFiles(user)
    const [before, beforeKey] = [await clients.read(files.certificate), await clients.read(files.key)]
    const ownKey = beforeKey !== undefined && isKey(beforeKey) ? beforeKey : makeKey()
    const isGood = before !== undefined && isClientPair({ certificate: before, key: ownKey }, newest.certificate, now, renewBefore)
    await clients.ensure(files.key, ownKey, 0o600)
    const text = isGood ? before : await certifyClient(ownKey, user, signer(newest), now)
    const outcome = await clients.ensure(files.certificate, text, 0o644)
    steps.push({
      outcome: outcome === 'completed' ? 'renewed' : outcome,
      file: `${clients.name}/${files.certificate}`,
      what: `the login of ${user} by certificate`,
    })
  }
  return steps
}

/** The present authority, and its successor in the last year. A key may be empty: it is elsewhere. */
async function readPairs(certificates: Folder, keys: Folder): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (const name of ['ca', 'ca-next']) {
    const certificate = await certificates.read(`${name}.crt`)
    if (certificate !== undefined) pairs.push({ certificate, key: (await keys.read(`${name}.key`)) ?? '' })
  }
  return pairs
}

/** The lists of all authorities, each with all revoked serial numbers. */
async function makeLists(
  authorities: readonly Pair[],
  former: readonly string[],
  serials: readonly string[],
  now: number,
): Promise<string> {
  const fresh = serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(now) }))
  const entries = entriesOf(former)
  const isKnown = (serial: string) => entries.some(({ serialNumber }) => serialNumber.toLowerCase() === serial.toLowerCase())
  const revoked = [...entries, ...fresh.filter(({ serialNumber }) => !isKnown(serialNumber))]
  const lists: string[] = []
  for (const pair of authorities) {
    let own: string | undefined
    for (const list of former) if (await isListOf(pair.certificate, list)) own = list
    const needed = revoked.map(({ serialNumber }) => serialNumber)
    const isGood = own !== undefined && isComplete(pair.certificate, own, needed)
    lists.push(isGood ? `${own}\n` : await makeList(signer(pair), own, revoked, now))
  }
  return lists.join('')
}

/** @throws SetupError if the key is elsewhere */
function signer(pair: Pair): Pair {
  if (belongTogether(pair)) return pair
  throw new SetupError(
    'A client certificate must be signed or revoked; but the key of the authority is missing or is not that of its certificate.',
  )
}
