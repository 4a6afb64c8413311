import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withSensor } from '@hearthwatch/broker/acl'
import { completePapers, type Papers, PapersError } from './authority.ts'
import { endOf, namesIn } from './certificates.ts'
import type { Folder } from './folder.ts'
import { completePasswd } from './passwd.ts'
import type { Step } from './report.ts'
import { SetupError } from './setup-request.ts'

/** Where the broker's files lie, and what has to stand in them. */
export interface BrokerRequest {
  /** For `passwd` and `acl`. */
  rules: Folder
  /** For `ca.crt`, `server.crt` and `server.key`. */
  papers: Folder
  /** For `ca.key`, which the broker never needs. */
  authority: Folder
  /** The text of `acl` that the sensors' blocks come into. */
  acl: string
  /** Who may connect: users and their passwords. Others that stand in `passwd` stay. */
  users: Record<string, string>
  sensors: readonly { id: string; room: string }[]
  /** The host names and addresses under which the broker is found. */
  names: readonly string[]
  /** ms since the epoch */
  now: number
}

/** One of the broker's files as it is committed: the access list is without sensors. */
export function committed(file: 'acl' | 'mosquitto.conf'): Promise<string> {
  return readFile(join(import.meta.dirname, '../../mosquitto', file), 'utf8')
}

/**
 * Makes or completes what the broker reads: `passwd`, `acl` and the certificates.
 * @throws SetupError where the certificates cannot be completed
 */
export async function keepBrokerFiles(request: BrokerRequest): Promise<Step[]> {
  return [await keepPasswd(request), await keepAcl(request), ...(await keepPapers(request))]
}

/** Whether a broker that runs already has to read its files again. */
export function needsReload(steps: readonly Step[]): boolean {
  return steps.some(({ outcome }) => outcome !== 'kept') && steps.some(({ outcome }) => outcome !== 'made')
}

async function keepPasswd({ rules, users }: BrokerRequest): Promise<Step> {
  const text = await completePasswd((await rules.read('passwd')) ?? '', users)
  return { outcome: await rules.keep('passwd', text, 0o600), file: `${rules.name}/passwd`, what: Object.keys(users).join(', ') }
}

async function keepAcl({ rules, acl, sensors }: BrokerRequest): Promise<Step> {
  const text = sensors.reduce((text, { id, room }) => withSensor(text, id, room), acl)
  const what = sensors.map(({ id, room }) => `${id} in ${room}`).join(', ')
  return { outcome: await rules.keep('acl', text, 0o600), file: `${rules.name}/acl`, what }
}

async function keepPapers({ papers: folder, authority, names, now }: BrokerRequest): Promise<Step[]> {
  const places = { 'ca.key': authority, 'ca.crt': folder, 'server.key': folder, 'server.crt': folder }
  const entries = Object.entries(places) as [keyof Papers, Folder][]
  const found = Object.fromEntries(await Promise.all(entries.map(async ([file, place]) => [file, await place.read(file)])))
  const { papers, why } = await completePapers(found, names, now).catch((error) => {
    throw error instanceof PapersError ? new SetupError(error.message) : error
  })
  const says: Record<keyof Papers, string> = {
    'ca.key': 'the authority: keep it to yourself',
    'ca.crt': `the authority: every sensor with TLS needs a copy, until ${date(papers['ca.crt'])}`,
    'server.key': 'the broker',
    'server.crt': `the broker, until ${date(papers['server.crt'])}, as ${namesIn(papers['server.crt']).join(', ')}`,
  }
  const steps: Step[] = []
  for (const [file, place] of entries) {
    const text = papers[file]
    if (text === undefined) continue
    const outcome = await place.keep(file, text, file.endsWith('.key') ? 0o600 : 0o644)
    const renewed = outcome === 'completed'
    const reason = renewed && file === 'server.crt' ? ` (${why})` : ''
    steps.push({ outcome: renewed ? 'renewed' : outcome, file: `${place.name}/${file}`, what: says[file] + reason })
  }
  return steps
}

function date(certificate: string): string {
  return new Date(endOf(certificate)).toISOString().slice(0, 10)
}
