import { execFile } from 'node:child_process'
import { access, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exists, type Owner, openFolder } from '@hearthwatch/files'
import { completeEnv, readEnv } from '@hearthwatch/settings'
import { clientAuthorities, requiresCertificates, revocations } from '../broker/clients.ts'
import { committed } from '../broker/files.ts'
import type { Step } from '../report.ts'
import { SetupError } from '../setup-request.ts'
import { withCertificates } from './client-certificates.ts'
import { configurationBeside } from './configuration.ts'

/** The folder of Mosquitto's files in Debian and its relatives. */
export const debianFolder = '/etc/mosquitto'

const own = 'hearthwatch.conf'
/** Our files in a clone, by their names in the folder of Mosquitto. */
const files = {
  passwd: 'passwd',
  acl: 'acl.made',
  'ca.crt': 'certs/ca.crt',
  'server.crt': 'certs/server.crt',
  'server.key': 'certs/server.key',
}

export interface InstallRequest {
  /** Folder of the installation. */
  dir: string
  /** Folder of Mosquitto's files. */
  etc: string
  /** The user and group of the copies. */
  owner: Owner
}

/** True if our files have been installed there. */
export const isInstalled = (etc = debianFolder): Promise<boolean> => exists(join(etc, 'hearthwatch', 'passwd'))

/**
 * Installs our files into a Mosquitto that has its own configuration, as `conf.d/hearthwatch.conf` and the folder `hearthwatch`.
 * Only root and Mosquitto's group can read them. A second run brings changes over.
 * @returns the steps, and the command that makes the broker read them; empty if nothing has changed
 * @throws SetupError if there is no such Mosquitto, if setup has not run, or if another file of Mosquitto contradicts ours
 */
export async function installMosquitto({ dir, etc, owner }: InstallRequest): Promise<{ steps: Step[]; command: string }> {
  const main = await readFile(join(etc, 'mosquitto.conf'), 'utf8').catch(() => {
    throw new SetupError(`${join(etc, 'mosquitto.conf')} does not exist: install Mosquitto first (apt install mosquitto).`)
  })
  const included = join(etc, 'conf.d')
  if (!main.split('\n').some((line) => line.trim() === `include_dir ${included}`))
    throw new SetupError(`${join(etc, 'mosquitto.conf')} lacks the line "include_dir ${included}": add it.`)
  const names = (await readdir(included)).filter((name) => name.endsWith('.conf') && name !== own)
  const others = await Promise.all(
    names.map(async (name) => ({ name: `conf.d/${name}`, text: await readFile(join(included, name), 'utf8') })),
  )
  const folder = join(etc, 'hearthwatch')
  const home = openFolder(dir, '.', await stat(dir))
  const isRequired = requiresCertificates(readEnv((await home.read('.env')) ?? ''))
  const ours = await committed('mosquitto.conf')
  const conf = configurationBeside(isRequired ? withCertificates(ours) : ours, [{ name: 'mosquitto.conf', text: main }, ...others], folder)
  const texts: [string, string][] = []
  const wanted = isRequired ? { ...files, [revocations]: `certs/${revocations}`, [clientAuthorities]: `certs/${clientAuthorities}` } : files
  for (const [name, from] of Object.entries(wanted)) {
    const text = await readFile(join(dir, 'mosquitto', from), 'utf8').catch(() => {
      throw new SetupError(`mosquitto/${from} does not exist; npm run setup creates it.`)
    })
    texts.push([name, text])
  }

  // Mosquitto 2 warns of files that others can read, and refuses them in later versions.
  const target = openFolder(folder, folder, owner)
  const steps: Step[] = []
  for (const [name, text] of texts) steps.push({ outcome: await target.ensure(name, text, 0o640), file: join(folder, name), what: '' })
  const outcome = await openFolder(included, included, owner).ensure(own, conf, 0o644)
  steps.push({ outcome, file: join(included, own), what: 'listeners, limits and the paths of these files' })
  const url = { name: 'MQTT_URL', value: 'mqtt://127.0.0.1:1883', comment: 'Mosquitto on this machine.' }
  const env = completeEnv(await home.read('.env'), 'The monitor.', [url])
  steps.push({
    outcome: await home.ensure('.env', env, 0o600),
    file: '.env',
    what: 'MQTT_URL: the monitor uses this broker, and starts none',
  })
  const isChanged = steps.some(({ outcome }) => outcome !== 'kept')
  // A new listener needs a restart; passwords, rights and the certificate do not.
  const verb = outcome === 'kept' ? 'reload' : 'restart'
  return { steps, command: isChanged ? `systemctl ${verb} mosquitto` : '' }
}

/** The owner of the copies: root, and the group of Mosquitto. @throws SetupError if that group is missing, or without root */
export async function mosquittoOwner(): Promise<Owner> {
  if (process.getuid?.() !== 0) throw new SetupError('Only root may write there: sudo npm run setup -- mosquitto')
  const group = (await readFile('/etc/group', 'utf8')).split('\n').find((line) => line.startsWith('mosquitto:'))
  if (group === undefined) throw new SetupError('The group mosquitto does not exist: install Mosquitto first (apt install mosquitto).')
  return { uid: 0, gid: Number(group.split(':')[2]) }
}

/** The command for a person after a change of the files in the clone, if Mosquitto has copies of them. */
export const copyAgain = async (): Promise<string[]> => ((await isInstalled()) ? ['sudo npm run setup -- mosquitto'] : [])

/** Runs the command where systemd runs. @returns false if a person must run it */
export async function runHere(command: string): Promise<boolean> {
  const [program = '', ...args] = command.split(' ')
  return access('/run/systemd/system')
    .then(() => promisify(execFile)(program, args))
    .then(
      () => true,
      () => false,
    )
}
