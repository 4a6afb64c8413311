import { createHash } from 'node:crypto'
import type { BootPartition } from '../boot/partition.ts'
import { hasFirstrun, userData, vendorData, withCall, withCountry, withOverlays, withSystemdRun } from './boot-files.ts'
import { type Card, folder } from './inspect.ts'
import { wifiConnection } from './wifi.ts'

/** One file to write or, with null, to delete. */
export interface Change {
  path: string
  content: Buffer | null
  /** Its text is a secret and is never shown. */
  isSecret: boolean
}

/** All that goes on the card. */
export interface Contents {
  id: string
  room: string
  /** Text of `sensor.env`. */
  env: string
  /** The authority, PEM; null without TLS. */
  ca: string | null
  /** Its own certificate and key, PEM; null if the broker requires none. */
  certificate: string | null
  key: string | null
  /** Lines for `config.txt`. */
  overlays: readonly string[]
  package: { name: string; content: Buffer }
  installer: Buffer
  wifi?: { ssid: string; password: string; country: string } | undefined
  hostname?: string | undefined
  sshKey?: string | undefined
  /** Name of the user with the ssh key. */
  user: string
  /** ms since the epoch */
  now: number
}

/**
 * The changes in their order: an interrupted run leaves a card that boots as before, because the line that starts our
 * installer comes last.
 */
export async function planChanges(boot: BootPartition, card: Card, contents: Contents): Promise<Change[]> {
  const { id, room, env, ca, certificate, key, wifi, hostname, sshKey, user, now } = contents
  const changes: Change[] = []
  const put = (path: string, content: string | Buffer, isSecret = false) =>
    changes.push({ path, content: typeof content === 'string' ? Buffer.from(content) : content, isSecret })

  const isCloud = card.starter === 'cloud-init'
  for (const name of await boot.list(folder)) {
    // An older package, and the log of an earlier start, which would be read as that of the next one.
    if ((/^hearthwatch-sensor_.*\.deb$/.test(name) && name !== contents.package.name) || /^(install|dpkg)\.log$/.test(name))
      changes.push({ path: `${folder}/${name}`, content: null, isSecret: false })
  }
  put(`${folder}/${contents.package.name}`, contents.package.content)
  put(`${folder}/install.sh`, contents.installer)
  put(`${folder}/flashed-at`, `${Math.floor(now / 1000)}\n`)
  put(`${folder}/card.json`, `${JSON.stringify({ id, room })}\n`)
  put(`${folder}/conf/sensor.env`, env, true)
  if (ca !== null) put(`${folder}/conf/ca.crt`, ca)
  if (certificate !== null) put(`${folder}/conf/client.crt`, certificate)
  if (key !== null) put(`${folder}/conf/client.key`, key, true)
  if (wifi) put(`${folder}/conf/wifi.nmconnection`, wifiConnection(wifi.ssid, wifi.password), true)
  if (!isCloud && hostname) put(`${folder}/conf/hostname`, `${hostname}\n`)
  if (!isCloud && sshKey) put(`${folder}/conf/authorized_keys`, `${sshKey}\n`)
  if (!isCloud && sshKey) put('ssh', '')
  if (isCloud && !card.isCustomised && (hostname || sshKey)) put('user-data', userData({ hostname, user, sshKey }))
  put('config.txt', withOverlays(card.config, contents.overlays))

  const cmdline = wifi ? withCountry(card.cmdline, wifi.country) : card.cmdline
  if (isCloud) {
    put('cmdline.txt', cmdline)
    // A person has put our line into user-data already.
    if (!card.userData.includes(`/boot/firmware/${folder}/install.sh`)) put('vendor-data', vendorData)
  } else if (card.firstrun !== undefined && hasFirstrun(cmdline)) {
    put('cmdline.txt', cmdline)
    put('firstrun.sh', withCall(card.firstrun))
  } else put('cmdline.txt', withSystemdRun(cmdline))
  return onlyNew(boot, changes)
}

/** Leaves out files that are on the card already. */
async function onlyNew(boot: BootPartition, changes: readonly Change[]): Promise<Change[]> {
  const kept: Change[] = []
  for (const change of changes) {
    if (change.content === null || !(await holds(boot, change))) kept.push(change)
  }
  return kept
}

/** True if the card has this file with this content. */
export async function holds(boot: BootPartition, { path, content }: Change): Promise<boolean> {
  const found = await boot.read(path)
  if (content === null || found === undefined) return content === null && found === undefined
  return found.length === content.length && digest(found) === digest(content)
}

const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex')
