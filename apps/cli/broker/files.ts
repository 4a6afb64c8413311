import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAcl } from '@hearthwatch/broker/acl'
import { completeAcl, type DeviceRights } from '@hearthwatch/broker/edit-acl'
import { completePasswd, withoutUser } from '@hearthwatch/broker/edit-passwd'
import { parsePasswords } from '@hearthwatch/broker/passwd'
import type { TextFolder as Folder } from '@hearthwatch/files'
import { endOf, namesIn } from '../certificates/certificates.ts'
import { type CertificateFiles, CertificatesError, completeCertificates } from '../certificates/files.ts'
import type { Step } from '../report.ts'
import { roomsOf, type SensorRequest, SetupError, type SetupRequest } from '../setup-request.ts'
import { type ClientRequest, ensureClients } from './clients.ts'

/** The folders of the broker's files, and their required content. */
export interface BrokerRequest {
  /** Folder of `passwd` and `acl`. */
  access: Folder
  /** Folder of `ca.crt`, `server.crt` and `server.key`. */
  certificates: Folder
  /** Folder of `ca.key`, which the broker never needs. */
  authority: Folder
  /** The file of the access list in `access`. It is never the committed one. */
  aclFile: string
  /** The text of the committed access list. */
  acl: string
  /** Passwords by user. Other users in `passwd` stay. */
  users: Record<string, string>
  sensors: readonly SensorRequest[]
  devices: readonly DeviceRights[]
  removed: SetupRequest['removed']
  /** The clients that log in by certificate; undefined if passwords are enough. */
  clients?: Pick<ClientRequest, 'clients' | 'users' | 'revoked'> | undefined
  /** Host names and addresses of the broker, for its certificate. */
  names: readonly string[]
  /** ms since the epoch */
  now: number
}

/** The committed text of one of the broker's files; the access list contains no sensors. */
export function committed(file: 'acl' | 'mosquitto.conf'): Promise<string> {
  return readFile(join(import.meta.dirname, '../../../mosquitto', file), 'utf8')
}

/**
 * Makes or completes the files of the broker: `passwd`, `acl` and the certificates.
 * @throws SetupError if the certificates cannot be completed
 */
export async function ensureBrokerFiles(request: BrokerRequest): Promise<Step[]> {
  const [passwd, acl] = [await planPasswd(request), await planAcl(request)]
  const certificates = await ensureCertificates(request)
  const clients = request.clients === undefined ? [] : await ensureClients({ ...request, ...request.clients })
  return [await passwd(), await acl(), ...certificates, ...clients]
}

/** @throws PasswdError, AclError for an invalid line, before anything is changed */
export async function checkAccess(access: Folder, aclFile: string): Promise<void> {
  parsePasswords((await access.read('passwd')) ?? '', 'passwd')
  parseAcl((await access.read(aclFile)) ?? '', aclFile)
}

/** The users in the password file. @throws PasswdError for an invalid line */
export async function usersIn(access: Folder): Promise<string[]> {
  return [...parsePasswords((await access.read('passwd')) ?? '', 'passwd').keys()]
}

/** True if a running broker must read its files again. */
export function needsReload(steps: readonly Step[]): boolean {
  return steps.some(({ outcome }) => outcome !== 'kept') && steps.some(({ outcome }) => outcome !== 'made')
}

async function planPasswd({ access, users, removed }: BrokerRequest): Promise<() => Promise<Step>> {
  const before = (await access.read('passwd')) ?? ''
  // Checked before anything is removed, so that an invalid line is reported where it stands.
  parsePasswords(before, 'passwd')
  const text = await completePasswd(removed === undefined ? before : withoutUser(before, removed), users)
  // Mosquitto 2.1 exits on a reload of a file with an invalid line.
  parsePasswords(text, 'passwd')
  return async () => ({
    outcome: await access.ensure('passwd', text, 0o600),
    file: `${access.name}/passwd`,
    what: Object.keys(users).join(', '),
  })
}

async function planAcl(request: BrokerRequest): Promise<() => Promise<Step>> {
  const { access, aclFile, acl, sensors, devices, removed, clients } = request
  const rooms = sensors.map((sensor) => ({ id: sensor.id, rooms: roomsOf(sensor) }))
  const text = completeAcl(acl, await access.read(aclFile), { sensors: rooms, devices, removed, isDenied: clients !== undefined })
  // Mosquitto 2.1 exits on a reload of a file with an invalid line.
  parseAcl(text, aclFile)
  const what = [...rooms.map(({ id, rooms }) => `${id} in ${rooms.join(', ')}`), ...devices.map(({ name }) => name)].join('; ')
  return async () => ({ outcome: await access.ensure(aclFile, text, 0o600), file: `${access.name}/${aclFile}`, what })
}

/**
 * Makes or renews the certificates alone.
 * @throws SetupError if a certificate must be signed, but the authority's key is missing or does not match
 */
export async function ensureCertificates({
  certificates,
  authority,
  names,
  now,
}: Pick<BrokerRequest, 'certificates' | 'authority' | 'names' | 'now'>): Promise<Step[]> {
  const folders = {
    ...{ 'ca.key': authority, 'ca.crt': certificates, 'ca-next.key': authority, 'ca-next.crt': certificates },
    ...{ 'server.key': certificates, 'server.crt': certificates },
  }
  const entries = Object.entries(folders) as [keyof CertificateFiles, Folder][]
  const found = Object.fromEntries(await Promise.all(entries.map(async ([file, folder]) => [file, await folder.read(file)])))
  const { files, why } = await completeCertificates(found, names, now).catch((error) => {
    throw error instanceof CertificatesError ? new SetupError(error.message) : error
  })
  const descriptions: Record<keyof CertificateFiles, string> = {
    'ca.key': "the authority's private key: keep it secret",
    'ca.crt': `the authority, valid until ${date(files['ca.crt'])}: every sensor with TLS needs a copy`,
    'ca-next.key': 'the private key of the next authority: keep it secret',
    'ca-next.crt': 'the next authority, which sensors with TLS learn over MQTT',
    'server.key': "the broker's private key",
    'server.crt': `the broker, valid until ${date(files['server.crt'])}, for ${namesIn(files['server.crt']).join(', ')}`,
  }
  const steps: Step[] = []
  for (const [file, folder] of entries) {
    const text = files[file]
    if (text === undefined) {
      // It has become the authority. A key that is missing is elsewhere.
      if (file.startsWith('ca-next.')) await folder.remove(file)
      continue
    }
    const outcome = await folder.ensure(file, text, file.endsWith('.key') ? 0o600 : 0o644)
    const renewed = outcome === 'completed'
    const reason = renewed && file === 'server.crt' ? ` (${why})` : ''
    steps.push({ outcome: renewed ? 'renewed' : outcome, file: `${folder.name}/${file}`, what: descriptions[file] + reason })
  }
  return steps
}

/** The authorities that a client must trust: the present one, and its successor in the last year. PEM; undefined without any */
export async function readAuthorities(certificates: Folder): Promise<string | undefined> {
  const [present, next] = [await certificates.read('ca.crt'), await certificates.read('ca-next.crt')]
  return present === undefined ? undefined : present + (next ?? '')
}

function date(certificate: string): string {
  return new Date(endOf(certificate)).toISOString().slice(0, 10)
}
