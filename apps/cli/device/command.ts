import { defaultFollow } from '@hearthwatch/foreign'
import { type ConsoleText, consoleTexts, followOf, type LoginKind } from '@hearthwatch/foreign/logins'
import { isLoopback, ownAddresses } from '../broker/address.ts'
import type { Installation } from '../installation/installation.ts'
import { reloadAfter } from '../installation/reload.ts'
import { hostOf, UsageError } from '../setup-request.ts'
import type { DeviceLine, DeviceVerb } from './arguments.ts'
import type { DeviceFile } from './file.ts'
import type { DeviceWords } from './words.ts'

/** The login of a device, in the words of its console. */
export interface DeviceAccount {
  name: string
  kind: LoginKind
  topic: string
  broker: string
  username: string
  password: string
  texts: ConsoleText[]
  /** The authority, PEM; null if the connection has no TLS. */
  ca: string | null
}

/** The result of `setup device …`, which `--json` prints. It has passwords in it. */
export interface DeviceResult {
  command: DeviceVerb
  devices?: Pick<DeviceAccount, 'name' | 'kind' | 'topic'>[]
  /** The device, for `add`, `show` and `rotate`. */
  device?: DeviceAccount
  name?: string
  /** False if nothing had to be changed. */
  changed: boolean
  /** Commands that make the running broker read its files again; empty if it does so by itself or none runs. */
  reload: string[]
  /** The value of FOLLOW that the monitor needs for this device; null: it follows it already. */
  follow: string | null
  /** The setting that opens the broker's port without TLS to the network; null: it is open, or not needed. */
  open: string | null
}

/** The house in which `setup device …` works. */
export interface DeviceHouse {
  installation: Installation
  /** Folder of a clone; null in a container. */
  dir: string | null
  /** The settings of the monitor. */
  env: Readonly<Record<string, string>>
  words: DeviceWords
  now(): number
}

/** Carries out `setup device …`. @throws UsageError, SetupError */
export async function runDevice(line: DeviceLine, house: DeviceHouse): Promise<DeviceResult> {
  const { installation, now } = house
  const { verb, name } = line
  const nothing = { changed: false, reload: [], follow: null, open: null }
  switch (verb) {
    case 'list': {
      const devices = (await installation.devices.list()).map(({ name, kind, topic }) => ({ name, kind, topic }))
      return { command: 'list', ...nothing, devices }
    }
    case 'add':
      return add(line, house)
    case 'show':
      return { command: 'show', ...nothing, name, ...(await about(name, house)) }
    case 'rotate': {
      const reload = await reloadAfter(await installation.devices.change(name, { password: true }, now()), house.dir)
      return { command: 'rotate', name, ...(await about(name, house)), changed: true, reload }
    }
    case 'remove': {
      const reload = await reloadAfter(await installation.devices.remove(name, now()), house.dir)
      return { command: 'remove', ...nothing, changed: true, name, reload }
    }
  }
}

async function add({ name, added, broker: asked }: DeviceLine, house: DeviceHouse): Promise<DeviceResult> {
  const { installation, now } = house
  if (added === undefined) throw new UsageError('device add needs --kind.')
  const known = (await installation.devices.list()).find((device) => device.name === name)
  if (known && (known.kind !== added.kind || known.topic !== added.topic))
    throw new UsageError(`${name} is a login for ${known.kind} with the topic ${known.topic}. Remove it first: setup device remove ${name}`)
  const broker = asked ?? known?.broker ?? (await findBroker(house))
  const moved = known && broker !== known.broker ? await installation.devices.change(name, { broker }, now()) : undefined
  // Its name must be in the certificate that the device checks.
  const hosts = broker.startsWith('mqtts:') ? [hostOf(broker) as string] : []
  const report = await installation.make({ own: [], hosts, device: { name, broker, ...added } }, now())
  const reload = await reloadAfter({ reload: report.reload || moved?.reload === true }, house.dir)
  const changed = [...(moved?.steps ?? []), ...report.steps].some(({ outcome }) => outcome !== 'kept')
  return { command: 'add', name, ...(await about(name, house)), changed, reload }
}

async function about(
  name: string,
  { installation, env, dir }: DeviceHouse,
): Promise<Pick<DeviceResult, 'device' | 'follow' | 'open'> & { changed: false; reload: [] }> {
  const found = (await installation.devices.list()).find((device) => device.name === name)
  if (found === undefined) throw new UsageError(`The device ${name} has no login.`)
  const { kind, topic, broker, password } = found
  const tls = broker.startsWith('mqtts:')
  const { hostname: host, port } = new URL(broker)
  const texts = consoleTexts({ name, kind, topic, host, port: Number(port), tls, password })
  const device = { name, kind, topic, broker, username: name, password, texts, ca: tls ? await installation.authority() : null }
  return { device, follow: followLine(found, env), open: openLine(broker, env, dir), changed: false, reload: [] }
}

/** The value of FOLLOW with what this device needs; null: the present one has it. */
function followLine(device: DeviceFile, { FOLLOW }: DeviceHouse['env']): string | null {
  const needed = followOf(device)
  if (needed === null) return null
  const present = (FOLLOW ?? defaultFollow).split(',').map((one) => one.trim())
  return present.includes(needed) ? null : [...present.filter((one) => one !== 'none' && one !== ''), needed].join(',')
}

/** The setting without which a device on another machine cannot reach the broker. */
function openLine(broker: string, env: DeviceHouse['env'], dir: string | null): string | null {
  if (isLoopback(broker) || broker.startsWith('mqtts:')) return null
  if (dir === null) return env.BROKER_PLAIN_BIND === undefined ? 'BROKER_PLAIN_BIND=0.0.0.0' : null
  // A broker of another program has its own configuration.
  if (env.MQTT_URL !== undefined) return null
  return env.BROKER_HOST === undefined || isLoopback(`mqtt://${env.BROKER_HOST}`) ? 'BROKER_HOST=0.0.0.0' : null
}

/** The broker's address for other machines, without TLS: a device of others rarely knows our authority. */
async function findBroker({ installation, env, dir, words }: DeviceHouse): Promise<string> {
  if (env.MQTT_URL !== undefined && !isLoopback(env.MQTT_URL)) return `mqtt://${new URL(env.MQTT_URL).hostname}:1883`
  return plainBroker(await ownAddresses(dir === null ? await installation.names() : undefined), env, words)
}

/** The first of these addresses of the broker, without TLS. @throws UsageError if there is none */
export function plainBroker([address]: readonly string[], env: DeviceHouse['env'], words: DeviceWords): string {
  if (address === undefined) throw new UsageError(words.noBroker)
  return `mqtt://${address}:${env.BROKER_PORT ?? 1883}`
}
