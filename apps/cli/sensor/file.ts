import { sensorSettings, sensorTitle } from '@hearthwatch/broker/sensor-settings'
import type { TextFolder as Folder } from '@hearthwatch/files'
import { toDeviceId } from '@hearthwatch/protocol'
import { completeEnv, readEnv } from '@hearthwatch/settings'
import { checkSensor, reservedUsers, type SensorRequest, SetupError, type SetupRequest, UsageError } from '../setup-request.ts'

/** A sensor's env file: its present text, and the sensor that it is for. */
export interface SensorFile {
  file: string
  text: string | undefined
  request: SensorRequest
}

/** The file of this machine's own sensor; the names of other files end with the sensor's id. */
const ownFile = '.env.sensor'
const pattern = /^\.env\.sensor(?:\.([a-z0-9-]{1,32}))?$/

/**
 * Lists all sensors of a folder: those with a file, this machine's own, and an added one.
 * @param host this machine's name, the default id of its own sensor
 * @throws UsageError if the request contradicts a file
 * @throws SetupError for an invalid file
 */
export async function planSensors(home: Folder, request: SetupRequest, host: string): Promise<SensorFile[]> {
  const plan: SensorFile[] = []
  const files = (await home.names()).filter((name) => pattern.test(name))
  for (const file of files) {
    const text = await home.read(file)
    const env = readEnv(text ?? '')
    const requested = file === ownFile ? request.own[0] : undefined
    checkAgreement(file, env, requested)
    const id = env.SENSOR_ID ?? env.MQTT_USERNAME ?? pattern.exec(file)?.[1] ?? requested?.id ?? defaultId(host)
    const room = env.ROOM ?? requested?.room ?? (file === ownFile ? defaultRoom : undefined)
    if (room === undefined) throw new SetupError(`ROOM is missing in ${file}.`)
    if (id === request.removed) continue
    plan.push({ file, text, request: { ...requested, id, room, probes: env.PROBES ?? requested?.probes, broker: env.MQTT_URL } })
  }
  const [own] = request.own
  if (own && !files.includes(ownFile))
    plan.push({ file: ownFile, text: undefined, request: { ...own, id: own.id ?? defaultId(host), room: own.room ?? defaultRoom } })
  if (request.added) {
    const { added } = request
    const known = plan.find(({ request }) => request.id === added.id)
    if (known) checkAgreement(known.file, readEnv(known.text ?? ''), added)
    else plan.push({ file: `${ownFile}.${added.id}`, text: undefined, request: added })
  }
  for (const { request } of plan) checkSensor(request)
  const ids = plan.map(({ request }) => request.id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new SetupError(`Two files have the sensor id ${twice}; an id must be unique.`)
  return plan
}

/** A sensor's env file with its new text. */
export interface CompleteSensorFile {
  file: string
  text: string
  env: Record<string, string>
  request: SensorRequest
}

/**
 * Adds the missing settings to each file. A new sensor gets a status topic of its own if another sensor already uses that of
 * its room.
 * @param certificate true if the broker requires client certificates
 * @param rooms rooms whose status topic is used by a sensor that is not in the plan
 */
export function completeSensors(plan: readonly SensorFile[], certificate: boolean, rooms: readonly string[] = []): CompleteSensorFile[] {
  const roomsWithStatus = new Set(rooms)
  for (const { text, request } of plan) {
    if (text !== undefined && readEnv(text).STATUS_TOPIC === undefined) roomsWithStatus.add(request.room)
  }
  return plan.map(({ file, text: before, request }) => {
    const shared = before === undefined && roomsWithStatus.has(request.room)
    const text = completeEnv(before, sensorTitle(request.id), sensorSettings({ ...request, certificate }, shared))
    roomsWithStatus.add(request.room)
    return { file, text, env: readEnv(text), request }
  })
}

/** @throws UsageError if the file has another value than requested. */
function checkAgreement(file: string, env: Record<string, string>, requested: Partial<SensorRequest> | undefined): void {
  const pairs = {
    SENSOR_ID: requested?.id,
    ROOM: requested?.room,
    PROBE: requested?.probe,
    PROBES: requested?.probes,
    MQTT_URL: requested?.broker,
  }
  for (const [name, value] of Object.entries(pairs)) {
    if (value !== undefined && env[name] !== undefined && env[name] !== value)
      throw new UsageError(
        `${file} has ${name}=${env[name]}, not ${value}. Edit that file, or add another sensor: setup sensor add ROOM --id ID.`,
      )
  }
}

const defaultRoom = 'living-room'

function defaultId(host: string): string {
  const id = toDeviceId(host)
  return reservedUsers.includes(id) ? 'sensor' : id
}
