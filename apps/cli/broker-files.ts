import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withSensor } from '@hearthwatch/broker/acl'
import { type CertificateFiles, CertificatesError, completeCertificates } from './certificate-files.ts'
import { endOf, namesIn } from './certificates.ts'
import type { Folder } from './folder.ts'
import { completePasswd } from './passwd.ts'
import type { Step } from './report.ts'
import { SetupError } from './setup-request.ts'

/** The folders of the broker's files, and their required content. */
export interface BrokerRequest {
  /** Folder of `passwd` and `acl`. */
  access: Folder
  /** Folder of `ca.crt`, `server.crt` and `server.key`. */
  certificates: Folder
  /** Folder of `ca.key`, which the broker never needs. */
  authority: Folder
  /** The text of `acl` without the blocks of the sensors. */
  acl: string
  /** Passwords by user. Other users in `passwd` stay. */
  users: Record<string, string>
  sensors: readonly { id: string; room: string }[]
  /** Host names and addresses of the broker, for its certificate. */
  names: readonly string[]
  /** ms since the epoch */
  now: number
}

/** The committed text of one of the broker's files; the access list contains no sensors. */
export function committed(file: 'acl' | 'mosquitto.conf'): Promise<string> {
  return readFile(join(import.meta.dirname, '../../mosquitto', file), 'utf8')
}

/**
 * Makes or completes the files of the broker: `passwd`, `acl` and the certificates.
 * @throws SetupError if the certificates cannot be completed
 */
export async function ensureBrokerFiles(request: BrokerRequest): Promise<Step[]> {
  return [await ensurePasswd(request), await ensureAcl(request), ...(await ensureCertificates(request))]
}

/** True if a running broker must read its files again. */
export function needsReload(steps: readonly Step[]): boolean {
  return steps.some(({ outcome }) => outcome !== 'kept') && steps.some(({ outcome }) => outcome !== 'made')
}

async function ensurePasswd({ access, users }: BrokerRequest): Promise<Step> {
  const text = await completePasswd((await access.read('passwd')) ?? '', users)
  return { outcome: await access.ensure('passwd', text, 0o600), file: `${access.name}/passwd`, what: Object.keys(users).join(', ') }
}

async function ensureAcl({ access, acl, sensors }: BrokerRequest): Promise<Step> {
  const text = sensors.reduce((text, { id, room }) => withSensor(text, id, room), acl)
  const what = sensors.map(({ id, room }) => `${id} in ${room}`).join(', ')
  return { outcome: await access.ensure('acl', text, 0o600), file: `${access.name}/acl`, what }
}

async function ensureCertificates({ certificates, authority, names, now }: BrokerRequest): Promise<Step[]> {
  const folders = { 'ca.key': authority, 'ca.crt': certificates, 'server.key': certificates, 'server.crt': certificates }
  const entries = Object.entries(folders) as [keyof CertificateFiles, Folder][]
  const found = Object.fromEntries(await Promise.all(entries.map(async ([file, folder]) => [file, await folder.read(file)])))
  const { files, why } = await completeCertificates(found, names, now).catch((error) => {
    throw error instanceof CertificatesError ? new SetupError(error.message) : error
  })
  const descriptions: Record<keyof CertificateFiles, string> = {
    'ca.key': "the authority's private key: keep it secret",
    'ca.crt': `the authority, valid until ${date(files['ca.crt'])}: every sensor with TLS needs a copy`,
    'server.key': "the broker's private key",
    'server.crt': `the broker, valid until ${date(files['server.crt'])}, for ${namesIn(files['server.crt']).join(', ')}`,
  }
  const steps: Step[] = []
  for (const [file, folder] of entries) {
    const text = files[file]
    if (text === undefined) continue
    const outcome = await folder.ensure(file, text, file.endsWith('.key') ? 0o600 : 0o644)
    const renewed = outcome === 'completed'
    const reason = renewed && file === 'server.crt' ? ` (${why})` : ''
    steps.push({ outcome: renewed ? 'renewed' : outcome, file: `${folder.name}/${file}`, what: descriptions[file] + reason })
  }
  return steps
}

function date(certificate: string): string {
  return new Date(endOf(certificate)).toISOString().slice(0, 10)
}
