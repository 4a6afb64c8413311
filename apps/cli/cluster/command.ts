import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { parseAcl } from '@hearthwatch/broker/acl'
import { openFolder } from '@hearthwatch/files'
import { isTopicPrefix } from '@hearthwatch/protocol'
import type { Installation } from '../installation/installation.ts'
import type { Step } from '../report.ts'
import { SetupError } from '../setup-request.ts'
import type { ClusterLine } from './arguments.ts'
import type { ClusterFile } from './broker.ts'
import { clusterBrokers } from './registry.ts'

/** The result of `setup cluster …`, which `--json` prints. It contains no secret. */
export interface ClusterResult {
  broker: string
  /** Folder of the files. */
  out: string
  steps: Step[]
  /** Users of the password file whose passwords setup does not know: they have no login there. */
  left: string[]
}

export interface ClusterPlace {
  installation: Installation
  /** Folder of the clone, for the default of `--out`. */
  dir: string
  /** TOPIC_PREFIX of the monitor. */
  prefix: string | undefined
}

/** Writes the users and rights of the house for a broker of another make. @throws SetupError */
export async function runCluster(
  { broker, out, nodes }: ClusterLine,
  { installation, dir, prefix = '' }: ClusterPlace,
): Promise<ClusterResult> {
  if (prefix !== '' && !isTopicPrefix(prefix))
    throw new SetupError(`TOPIC_PREFIX must look like site-7/; ${JSON.stringify(prefix)} is invalid.`)
  const { users, acl, others } = await installation.logins()
  const place = out ?? join(dir, 'cluster/made', broker)
  const folder = openFolder(place, place)
  const logins = Object.entries(users).map(([user, password]) => ({ user, password }))
  const random = (await folder.read('secret')) ?? `${randomBytes(16).toString('hex')}\n`
  let usesSecret = false
  const files = await clusterBrokers[broker].files({
    acl: parseAcl(acl),
    logins: logins.sort((a, b) => (a.user < b.user ? -1 : 1)),
    prefix,
    nodes: nodes ?? ['broker-1', 'broker-2', 'broker-3'],
    certificate: await installation.brokerCertificate(),
    clients: await installation.clientAuthorities(),
    secret(purpose) {
      usesSecret = true
      return createHash('sha256').update(`${purpose}\0${random}`).digest('hex').slice(0, 32)
    },
  })
  if (usesSecret) files.push({ name: 'secret', text: random, mode: 0o600, what: 'the secret of this folder' })
  return { broker, out: place, steps: await ensureFiles(place, files), left: others }
}

/** Writes these files into the folder. */
export async function ensureFiles(place: string, files: readonly ClusterFile[]): Promise<Step[]> {
  const folder = openFolder(place, place)
  const steps: Step[] = []
  for (const { name, text, mode, what } of files)
    steps.push({ outcome: await folder.ensure(name, text, mode), file: join(place, name), what })
  return steps
}
