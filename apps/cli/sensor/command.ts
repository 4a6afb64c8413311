import { isAbsolute, join, resolve } from 'node:path'
import { openFolder } from '@hearthwatch/files'
import { toDeviceId } from '@hearthwatch/protocol'
import { readEnv } from '@hearthwatch/settings'
import { brokerUrl, isLoopback, ownAddresses } from '../broker/address.ts'
import type { Installation, Sensor } from '../installation/installation.ts'
import { reloadAfter } from '../installation/reload.ts'
import { reservedUsers, SetupError, UsageError } from '../setup-request.ts'
import type { SensorRequestLine } from './arguments.ts'
import { filesOf } from './machine-files.ts'
import { forgetDevice, giveRoom, type MonitorAddress, roomNames } from './monitor-client.ts'
import type { SensorAccount, SensorResult } from './result.ts'
import type { SensorWords } from './words.ts'

/** The house in which `setup sensor …` works. */
export interface House {
  installation: Installation
  /** Folder of a clone; null in a container. */
  dir: string | null
  /** The settings of the monitor, in a clone. */
  env: Readonly<Record<string, string>>
  words: SensorWords
  /** Asks a person; undefined without a terminal. */
  ask?: ((question: string, choices: readonly string[]) => Promise<string>) | undefined
  now(): number
}

/** Carries out `setup sensor …`. @throws UsageError, SetupError */
export async function runSensor(line: SensorRequestLine, house: House): Promise<SensorResult> {
  const { installation, now } = house
  const { id = '', options } = line
  const nothing = { changed: false, files: [], reload: [], monitor: null }
  switch (line.verb) {
    case 'list':
      return { command: 'list', ...nothing, sensors: await withNames(await installation.list(), house) }
    case 'add':
      return add(line, house)
    case 'show': {
      const sensor = await accountOf(installation, id)
      return { command: 'show', ...nothing, id, room: sensor.room, sensor, files: await makeFiles(options.out, sensor) }
    }
    case 'rotate': {
      const reload = await reloadAfter(await installation.change(id, { password: true }, now()), house.dir)
      const sensor = await accountOf(installation, id).catch(() => undefined)
      const files = sensor ? await makeFiles(options.out, sensor) : []
      return { command: 'rotate', ...nothing, changed: true, id, ...(sensor ? { room: sensor.room, sensor } : {}), reload, files }
    }
    case 'move': {
      const { room = '' } = line
      const reload = await reloadAfter(await installation.change(id, { room }, now()), house.dir)
      const monitor = house.dir === null ? null : await giveRoom(monitorOf(house.env), id, room)
      return { command: 'move', ...nothing, changed: true, id, room, reload, monitor }
    }
    case 'remove': {
      const reload = await reloadAfter(await installation.remove(id, now()), house.dir)
      const monitor = house.dir === null ? null : await forgetDevice(monitorOf(house.env), id)
      return { command: 'remove', ...nothing, changed: true, id, reload, monitor }
    }
  }
}

/** With the names of the rooms on the page of the running monitor. */
async function withNames(sensors: readonly Sensor[], { dir, env }: House): Promise<NonNullable<SensorResult['sensors']>> {
  const names = dir === null ? new Map<string, string>() : await roomNames(monitorOf(env))
  return sensors.map(({ id, room }) => {
    const name = names.get(room)
    return { id, room, ...(name === undefined ? {} : { name }) }
  })
}

async function add({ id: given, room: asked, options }: SensorRequestLine, house: House): Promise<SensorResult> {
  const { installation, now, ask, words } = house
  const room = asked ?? (await ask?.(words.askRoom, []))
  if (room === undefined) throw new UsageError('sensor add needs a room.')
  const known = await installation.list()
  const id = given ?? freeId(room, known)
  const existing = known.find((sensor) => sensor.id === id)
  if (existing && existing.room !== room)
    throw new UsageError(`The sensor ${id} is in ${existing.room}. To move it: setup sensor move ${id} ${JSON.stringify(room)}`)
  const account = existing ? await accountOf(installation, id) : undefined
  const broker = options.broker ?? account?.broker ?? (options.here ? undefined : await findBroker(house))
  const { probe, probes, hosts } = options
  // A known sensor gets what is new of its settings: another address of the broker, other probes.
  const update = account === undefined ? undefined : await installation.change(id, { broker, probe, probes }, now())
  const report = await installation.make({ own: [], added: { id, room, probe, probes, broker }, hosts }, now())
  const sensor = await accountOf(installation, id)
  const steps = [...(update?.steps ?? []), ...report.steps]
  const changed = steps.some(({ outcome }) => outcome !== 'kept') || sensor.env !== (account?.env ?? sensor.env)
  const reload = { reload: report.reload || update?.reload === true }
  const files = await makeFiles(options.out, sensor)
  return { command: 'add', changed, id, room, sensor, files, reload: await reloadAfter(reload, house.dir), monitor: null }
}

/** The broker's address for other machines: a person's or the monitor's setting, else an address of this machine. */
async function findBroker({ installation, env, dir, ask, words }: House): Promise<string> {
  const addresses = await ownAddresses(dir === null ? await installation.names() : undefined)
  if (env.MQTT_URL !== undefined && !isLoopback(env.MQTT_URL)) return brokerUrl(env.MQTT_URL)
  const host = addresses.length > 1 && ask ? await ask(words.chooseBroker, addresses) : (addresses[0] ?? (await ask?.(words.askBroker, [])))
  if (host === undefined || host === '') throw new UsageError(words.noBroker)
  const port = env.BROKER_TLS_PORT ?? '8883'
  return /[:/]/.test(host)
    ? brokerUrl(host)
    : brokerUrl(port === '0' ? `mqtt://${host}:${env.BROKER_PORT ?? 1883}` : `mqtts://${host}:${port}`)
}

/** An id like the room, which no sensor has yet: `kitchen`, `kitchen-2`. */
function freeId(room: string, known: readonly Sensor[]): string {
  const plain = toDeviceId(room.normalize('NFKD')).replace(/-+/g, '-').replace(/^-|-$/g, '').slice(0, 28)
  const base = plain === '' || reservedUsers.includes(plain) ? 'sensor' : plain
  const taken = new Set(known.map(({ id }) => id))
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!taken.has(id)) return id
  }
}

async function accountOf(installation: Installation, id: string): Promise<SensorAccount> {
  const text = await installation.settingsOf(id)
  const { ROOM: room = '', MQTT_URL: broker = null, MQTT_USERNAME: username = id, MQTT_PASSWORD: password = '' } = readEnv(text)
  const ca = broker !== null && /^(mqtts|wss):/.test(broker) ? await installation.authority() : null
  const client = ca === null ? null : await installation.certificateOf(id)
  return { id, room, broker, username, password, ca, certificate: client?.certificate ?? null, key: client?.key ?? null, env: text }
}

/** Makes the files of the other machine. @returns their paths @throws SetupError if the folder has the settings of another sensor */
export async function makeFiles(out: string | undefined, sensor: SensorAccount): Promise<string[]> {
  if (out === undefined) return []
  const { id } = sensor
  const folder = openFolder(resolve(out), out)
  const present = await folder.read('.env.sensor')
  const other = present === undefined ? undefined : readEnv(present).SENSOR_ID
  if (other !== undefined && other !== id)
    throw new SetupError(`${join(out, '.env.sensor')} is for the sensor ${other}; choose another folder.`)
  const files = filesOf(sensor)
  for (const [name, text] of Object.entries(files)) await folder.ensure(name, text, name.endsWith('.crt') ? 0o644 : 0o600)
  return Object.keys(files).map((file) => join(isAbsolute(out) ? out : `./${out}`, file))
}

/** The monitor of this clone, on this machine. */
export function monitorOf(env: Readonly<Record<string, string>>): MonitorAddress {
  const { HTTP_HOST = '127.0.0.1', HTTP_PORT = '8080', DASHBOARD_PASSWORD, API_TOKEN } = env
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HTTP_HOST] ?? (HTTP_HOST.includes(':') ? `[${HTTP_HOST}]` : HTTP_HOST)
  return { url: `http://${host}:${HTTP_PORT}`, password: DASHBOARD_PASSWORD, token: API_TOKEN }
}
