import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseAcl, roomsIn } from '@hearthwatch/broker/acl'
import { type DeviceSettings, deviceFileOf, deviceSettings, deviceTitle } from '@hearthwatch/broker/device-settings'
import { type AclLogins, completeAcl, sensorsIn } from '@hearthwatch/broker/edit-acl'
import { completePasswd } from '@hearthwatch/broker/edit-passwd'
import { sensorSettings, sensorTitle } from '@hearthwatch/broker/sensor-settings'
import { exists, openFolder } from '@hearthwatch/files'
import { toDeviceId, topicOf } from '@hearthwatch/protocol'
import { completeEnv, readEnv } from '@hearthwatch/settings'

/** A new login of a device of others. */
export interface DeviceLogin {
  id: string
  password: string
}

/** A new sensor with its login. */
export interface SensorLogin extends DeviceLogin {
  room: string
  /** The text of its `.env.sensor`. */
  env: string
  /** Topic of its `online` and `offline`. */
  status: string
}

/** The id is taken: by a login, or by the settings of a sensor. */
export class IdTaken extends Error {}

export interface SensorLoginOptions {
  /** Folder of `passwd` and `acl`. The settings of the sensors are in the folder above it. */
  brokerFiles: string
  /** True if this user has a login. */
  hasLogin(id: string): boolean
  /** True if a sensor is known in this room, whose status topic is then in use. */
  isInUse(room: string): boolean
  /** Makes the broker read its files again. */
  reload(): Promise<void>
}

/** The file of the list that setup makes, and the committed list below it. */
const [made, committed] = ['acl.made', 'acl'] as const
const fallback = new URL('../../../mosquitto/acl', import.meta.url)

export type SensorLogins = ReturnType<typeof createSensorLogins>

/** Makes logins at the embedded broker, in the files in which setup makes them, so that setup knows these sensors too. */
export function createSensorLogins({ brokerFiles, hasLogin, isInUse, reload }: SensorLoginOptions) {
  let last: Promise<unknown> = Promise.resolve()

  async function open() {
    const owner = await stat(brokerFiles)
    const home = openFolder(dirname(brokerFiles), '.', owner)
    const files = openFolder(brokerFiles, 'mosquitto', owner)
    const base = (await files.read(committed)) ?? (await readFile(fallback, 'utf8'))
    const before = await files.read(made)
    // A list that an earlier version has made has its sensors in the committed file.
    const earlier = before === undefined ? sensorsIn(base) : []
    const list = parseAcl(before ?? base, before === undefined ? committed : made)
    const sensors = sensorsIn(before ?? base)
    const isTaken = async (name: string) => hasLogin(name) || sensors.includes(name) || (await exists(join(home.path, fileOf(name))))
    const rooms = earlier.map((sensor) => ({ id: sensor, rooms: roomsIn(list, sensor) })).filter(hasRoom)
    /** Writes the files of a new login, and waits until the broker has read them. */
    async function write(login: { id: string; file: string; env: string; acl: Partial<AclLogins> }): Promise<void> {
      const { MQTT_PASSWORD = '' } = readEnv(login.env)
      const acl = completeAcl(base, before, { ...login.acl, sensors: [...rooms, ...(login.acl.sensors ?? [])] })
      const passwd = await completePasswd((await files.read('passwd')) ?? '', { [login.id]: MQTT_PASSWORD })
      // The settings first: if the process ends here, setup completes the rest.
      await home.ensure(login.file, login.env, 0o600)
      await files.ensure('passwd', passwd, 0o600)
      await files.ensure(made, acl, 0o600)
      await reload()
      // A file that a person has edited in the meantime may be invalid: the old versions stay in force then.
      if (!hasLogin(login.id)) throw new Error('the broker has not taken the new login over; its log names the reason')
    }
    return { list, sensors, isTaken, write }
  }

  async function add(id: string | undefined, room: string, broker: string): Promise<SensorLogin> {
    const { list, sensors, isTaken, write } = await open()
    const chosen = id ?? (await freeId(room, isTaken))
    if (await isTaken(chosen)) throw new IdTaken(`The id ${chosen} is taken.`)

    const isShared = isInUse(room) || sensors.some((sensor) => roomsIn(list, sensor).includes(room))
    const env = completeEnv(undefined, sensorTitle(chosen), sensorSettings({ id: chosen, room, broker }, isShared))
    const { MQTT_PASSWORD: password = '', STATUS_TOPIC: status = topicOf('status', { room }) } = readEnv(env)
    await write({ id: chosen, file: fileOf(chosen), env, acl: { sensors: [{ id: chosen, rooms: [room] }] } })
    return { id: chosen, room, password, env, status }
  }

  async function addDevice(device: DeviceSettings, lines: readonly string[]): Promise<DeviceLogin> {
    const { isTaken, write } = await open()
    const { name: id } = device
    if (await isTaken(id)) throw new IdTaken(`The id ${id} is taken.`)
    const env = completeEnv(undefined, deviceTitle(device), deviceSettings(device))
    await write({ id, file: deviceFileOf(id), env, acl: { devices: [{ name: id, lines }] } })
    return { id, password: readEnv(env).MQTT_PASSWORD ?? '' }
  }

  /** One after the other, so that none reads the files while another writes them. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }

  return {
    /** @param broker its URL, for the sensor @throws IdTaken; Error for files that cannot be read or written */
    add: (id: string | undefined, room: string, broker: string) => inTurn(() => add(id, room, broker)),
    /** @param lines its rights in the access list @throws as `add` */
    addDevice: (device: DeviceSettings, lines: readonly string[]) => inTurn(() => addDevice(device, lines)),
    /** The authority's certificate, PEM; undefined without one. */
    authority: () => openFolder(join(brokerFiles, 'certs'), 'certs').read('ca.crt'),
  }
}

const fileOf = (id: string) => `.env.sensor.${id}`

const hasRoom = (sensor: { id: string; rooms: string[] }): sensor is { id: string; rooms: [string, ...string[]] } => sensor.rooms.length > 0

/** An id like the room, which no sensor has yet: `kitchen`, `kitchen-2`. */
async function freeId(room: string, isTaken: (id: string) => Promise<boolean>): Promise<string> {
  const plain = toDeviceId(room.normalize('NFKD')).replace(/-+/g, '-').replace(/^-|-$/g, '').slice(0, 28)
  const base = plain === '' ? 'sensor' : plain
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!(await isTaken(id))) return id
  }
}
