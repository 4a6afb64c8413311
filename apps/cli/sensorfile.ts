import { toDeviceId, topicOf } from '@hearthwatch/protocol'
import { completeEnv, readEnv, type Setting } from './envfile.ts'
import type { Folder } from './folder.ts'
import { makePassword } from './passwords.ts'
import { checkSensor, type SensorRequest, SetupError, type SetupRequest, taken, UsageError } from './setup-request.ts'

/** A sensor's env file: what it says now, and what it shall say. */
export interface SensorFile {
  file: string
  text: string | undefined
  request: SensorRequest
}

/** The file of this machine's own sensor; those of others have their id behind it. */
const ownFile = '.env.sensor'
const pattern = /^\.env\.sensor(?:\.([a-z0-9-]{1,32}))?$/

/**
 * All sensors of a clone: those that have a file already, this machine's own, and an added one.
 * @param host this machine's name, which its own sensor is called after unless somebody chose
 * @throws UsageError where what is wished contradicts a file, SetupError where a file makes no sense
 */
export async function planSensors(home: Folder, request: SetupRequest, host: string): Promise<SensorFile[]> {
  const plan: SensorFile[] = []
  const files = (await home.names()).filter((name) => pattern.test(name))
  for (const file of files) {
    const text = await home.read(file)
    const env = readEnv(text ?? '')
    const asked = file === ownFile ? request.own[0] : undefined
    agree(file, env, asked)
    const id = env.SENSOR_ID ?? env.MQTT_USERNAME ?? pattern.exec(file)?.[1] ?? asked?.id ?? defaultId(host)
    const room = env.ROOM ?? asked?.room ?? (file === ownFile ? defaultRoom : undefined)
    if (room === undefined) throw new SetupError(`${file} does not say in which ROOM its sensor is.`)
    plan.push({ file, text, request: { ...asked, id, room } })
  }
  const [own] = request.own
  if (own && !files.includes(ownFile))
    plan.push({ file: ownFile, text: undefined, request: { ...own, id: own.id ?? defaultId(host), room: own.room ?? defaultRoom } })
  if (request.added) {
    const { added } = request
    const known = plan.find(({ request }) => request.id === added.id)
    if (known) agree(known.file, readEnv(known.text ?? ''), added)
    else plan.push({ file: `${ownFile}.${added.id}`, text: undefined, request: added })
  }
  for (const { request } of plan) checkSensor(request)
  const ids = plan.map(({ request }) => request.id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new SetupError(`Two files are for the sensor ${twice}: a sensor's id stands for one sensor.`)
  return plan
}

/** A sensor's env file as it shall be. */
export interface CompleteSensorFile {
  file: string
  text: string
  env: Record<string, string>
  request: SensorRequest
}

/**
 * The files with all that a sensor needs. Who comes into a room where another sensor says online and offline for the
 * room gets a status topic of its own.
 * @param taken rooms with such a sensor that is not in the plan
 */
export function completeSensors(plan: readonly SensorFile[], taken: readonly string[] = []): CompleteSensorFile[] {
  const speakers = new Set(taken)
  for (const { text, request } of plan) {
    if (text !== undefined && readEnv(text).STATUS_TOPIC === undefined) speakers.add(request.room)
  }
  return plan.map(({ file, text: before, request }) => {
    const shared = before === undefined && speakers.has(request.room)
    const text = completeEnv(before, sensorTitle(request.id), sensorSettings(request, shared))
    speakers.add(request.room)
    return { file, text, env: readEnv(text), request }
  })
}

/**
 * The settings that a sensor starts with.
 * @param shared whether another sensor reports into the same room: a room has one status topic, so this one takes its own
 */
export function sensorSettings({ id, room, probe, broker }: SensorRequest, shared: boolean): Setting[] {
  const settings: Setting[] = [
    { name: 'SENSOR_ID', value: id },
    { name: 'ROOM', value: room },
  ]
  if (probe) settings.push({ name: 'PROBE', value: probe })
  if (shared) {
    const comment = "Another sensor has the room's status topic."
    settings.push({ name: 'STATUS_TOPIC', value: topicOf('deviceStatus', { id }), comment })
  }
  if (broker) settings.push({ name: 'MQTT_URL', value: broker })
  if (broker && /^(mqtts|wss):/.test(broker)) {
    settings.push({ name: 'MQTT_CA_FILE', value: 'ca.crt', comment: "Whom to trust: a copy of the house's ca.crt." })
  }
  const comment = 'Its user at the broker, whose password file has the password as a hash.'
  settings.push({ name: 'MQTT_USERNAME', value: id, comment }, { name: 'MQTT_PASSWORD', value: makePassword() })
  return settings
}

/** The comment at the top of a sensor's file. */
export function sensorTitle(id: string): string {
  return `The sensor ${id}. Made by npm run setup; .env.example tells all that can stand here.`
}

/** @throws UsageError where the file already says something else than what was asked for. */
function agree(file: string, env: Record<string, string>, asked: Partial<SensorRequest> | undefined): void {
  const pairs = { SENSOR_ID: asked?.id, ROOM: asked?.room, PROBE: asked?.probe, MQTT_URL: asked?.broker }
  for (const [name, value] of Object.entries(pairs)) {
    if (value !== undefined && env[name] !== undefined && env[name] !== value)
      throw new UsageError(
        `${file} says ${name}=${env[name]}, not ${value}. Change it there, or add another sensor: setup add-sensor ID ROOM.`,
      )
  }
}

const defaultRoom = 'living-room'

function defaultId(host: string): string {
  const id = toDeviceId(host)
  return taken.includes(id) ? 'sensor' : id
}
