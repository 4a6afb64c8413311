import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { formats, levels } from '@hearthwatch/log'
import { brokerConflicts, brokerSettings } from '@hearthwatch/mqtt'
import {
  bounds,
  isDeviceId,
  isName,
  isTopic,
  limitConflictOf,
  maxRows,
  type ProbeRooms,
  quantityOf,
  readProbeRooms,
  toDeviceId,
  topicOf,
} from '@hearthwatch/protocol'
import { isTimeZone, readSettings } from '@hearthwatch/settings'
import { supervised } from '@hearthwatch/systemd'
import Type, { type Static } from 'typebox'
import { probeChoices } from './probes/index.ts'
import { driverConflictsOf } from './probes/rooms.ts'

/** The sensor's settings, in the order of `.env.example`. */
export const settings = Type.Object({
  MQTT_URL: Type.Refine(
    Type.String({
      default: 'mqtt://127.0.0.1:1883',
      description: "the broker's address: mqtt://, mqtts://, ws:// or wss://, a host and a port",
    }),
    (url) => /^(mqtts?|wss?):\/\/./.test(url) && URL.canParse(url),
  ),
  MQTT_USERNAME: Type.Optional(Type.String({ description: 'the user name at the broker; default: connect without one' })),
  MQTT_PASSWORD: Type.Optional(Type.String({ description: 'the password at the broker', secret: true })),
  MQTT_CA_FILE: Type.Optional(Type.String({ description: "a PEM file with the CA certificates that sign the broker's" })),
  MQTT_CERT_FILE: Type.Optional(Type.String({ description: "a PEM file with the sensor's certificate; needs MQTT_KEY_FILE" })),
  MQTT_KEY_FILE: Type.Optional(Type.String({ description: "a PEM file with the certificate's key" })),
  MQTT_CLIENT_ID: Type.Optional(Type.String({ maxLength: 64, description: 'the MQTT client id; default: the user name, else SENSOR_ID' })),
  ...brokerSettings,
  LOG_LEVEL: Type.Enum([...levels], { default: 'info', description: 'the lowest level that is logged' }),
  LOG_FORMAT: Type.Enum([...formats], {
    default: 'auto',
    description: 'text, json, journal (levels that journald understands); auto: journal under systemd, else text',
  }),
  SUPERVISED: Type.Enum([...supervised], {
    default: 'auto',
    description: 'whether a supervisor starts this program again after it ended; auto: found out (systemd, a container)',
  }),
  UI_LANGUAGE: Type.Enum(['en', 'zh-TW'], { default: 'en', description: 'the language of alert texts' }),
  TZ: Type.Optional(
    Type.Refine(Type.String({ description: 'a time zone such as Asia/Taipei; topics and logs always use UTC' }), isTimeZone),
  ),
  SENSOR_ID: Type.Optional(
    Type.Refine(Type.String({ description: "the sensor's id: 1 to 32 of a-z, 0-9 and -; default: made from the host name" }), isDeviceId),
  ),
  ROOM: Type.Refine(Type.String({ description: "the room's name: 1 to 64 characters, none of / + #" }), isName),
  PROBE: Type.Enum([...probeChoices], { default: 'auto', description: 'the driver of the probes; auto: all that are plugged in' }),
  PROBES: Type.Optional(
    Type.String({ description: 'probes in other rooms, as pairs such as w1-28-0316a1b2c3d4=fridge with spaces between them' }),
  ),
  READ_INTERVAL: Type.Number({ ...bounds.READ_INTERVAL, default: 10, description: 's between two readings' }),
  HEARTBEAT_INTERVAL: Type.Number({ ...bounds.HEARTBEAT_INTERVAL, default: 30, description: 's between two heartbeats' }),
  ALERT_ABOVE: Type.Number({ ...bounds.ALERT_ABOVE, default: 30, description: '°C; a higher temperature publishes an alert' }),
  ALERT_BELOW: Type.Optional(Type.Number({ ...bounds.ALERT_BELOW, description: '°C; a lower temperature publishes an alert' })),
  BATCH_SIZE: Type.Integer({ minimum: 1, maximum: maxRows, default: 60, description: 'waiting rows of the outbox that are sent at once' }),
  BATCH_INTERVAL: Type.Number({ minimum: 0.1, maximum: 86_400, default: 30, description: 's that rows wait to be sent together' }),
  MAX_RATE: Type.Number({ ...bounds.MAX_RATE, default: 10, description: 'live messages a second at most; older values are dropped' }),
  OUTBOX_DIR: Type.String({ default: 'data/outbox', description: 'the folder of the outbox' }),
  OUTBOX_MAX: Type.Integer({ minimum: 100, maximum: 100_000_000, default: 1_000_000, description: 'rows in the outbox at most' }),
  OUTBOX_SYNC: Type.Enum(['full', 'normal'], {
    default: 'full',
    description: 'normal: fewer disk writes, but a power cut may lose the last seconds',
  }),
  STATUS_TOPIC: Type.Optional(
    Type.Refine(
      Type.String({ maxLength: 256, description: 'a topic for the status; the second sensor of a room needs device/{id}/status' }),
      (topic) => isTopic(topic) && !topic.startsWith('$'),
    ),
  ),
  SYSFS_ROOT: Type.String({ default: '/sys', description: "the kernel's sysfs, where the probes are found" }),
  SIMULATE_MEAN: Type.Number({ minimum: -100, maximum: 250, default: 20, description: '°C; mean of the simulated temperature' }),
  SIMULATE_SPREAD: Type.Number({ minimum: 0, maximum: 100, default: 5, description: '°C; largest distance from the mean' }),
  SIMULATE_SEED: Type.Optional(Type.String({ description: 'any text; the same text gives the same readings; default: SENSOR_ID' })),
})

type Settings = Static<typeof settings>

const pemSettings = { ca: 'MQTT_CA_FILE', cert: 'MQTT_CERT_FILE', key: 'MQTT_KEY_FILE' } as const

/** The settings with all defaults, and the contents of the certificate files. */
export interface SensorConfig extends Settings {
  SENSOR_ID: string
  MQTT_CLIENT_ID: string
  STATUS_TOPIC: string
  SIMULATE_SEED: string
  /** The rooms of `PROBES`. */
  probeRooms: ProbeRooms
  tls: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined }
}

/**
 * Reads the settings from the environment, else from `.env.sensor`, else from `.env`.
 * @param onNote called with each line of that file that Docker Compose reads in another way
 * @throws SettingsError naming all problems
 */
export function readConfig(
  env: Record<string, string | undefined> = process.env,
  files: readonly string[] = ['.env.sensor', '.env'],
  onNote: (note: string) => void = () => {},
): SensorConfig {
  const tls: SensorConfig['tls'] = {}
  const readFile = (file: string) => readConfigured(file, env.CREDENTIALS_DIRECTORY)
  const values = readSettings(settings, env, files, (valid) => [...conflictsOf(valid), ...readPem(valid, tls, readFile)], onNote)
  const id = values.SENSOR_ID ?? toDeviceId(hostname())
  return {
    ...values,
    SENSOR_ID: id,
    MQTT_CLIENT_ID: values.MQTT_CLIENT_ID ?? values.MQTT_USERNAME ?? id,
    STATUS_TOPIC: values.STATUS_TOPIC?.replaceAll('{id}', id) ?? topicOf('status', { room: values.ROOM }),
    SIMULATE_SEED: values.SIMULATE_SEED ?? id,
    probeRooms: readProbeRooms(values.PROBES ?? '').rooms,
    tls,
  }
}

/** Conflicts between settings that are valid alone. */
function conflictsOf(values: Partial<Settings>): string[] {
  const { MQTT_CERT_FILE, MQTT_KEY_FILE, PROBE = 'auto', PROBES = '', SIMULATE_MEAN = 0, SIMULATE_SPREAD = 0 } = values
  const problems = brokerConflicts(values)
  const limits = limitConflictOf(values)
  if (limits !== null) problems.push(limits)
  if (MQTT_CERT_FILE !== undefined && MQTT_KEY_FILE === undefined) problems.push('MQTT_KEY_FILE is missing (MQTT_CERT_FILE needs it)')
  if (MQTT_KEY_FILE !== undefined && MQTT_CERT_FILE === undefined) problems.push('MQTT_CERT_FILE is missing (MQTT_KEY_FILE needs it)')
  const { rooms, problems: wrongPairs } = readProbeRooms(PROBES)
  problems.push(...wrongPairs, ...driverConflictsOf(rooms, PROBE))
  const { min, max } = quantityOf('temperature')
  if (SIMULATE_MEAN - SIMULATE_SPREAD < min || SIMULATE_MEAN + SIMULATE_SPREAD > max)
    problems.push(`SIMULATE_MEAN ± SIMULATE_SPREAD must stay between ${min} and ${max}`)
  return problems
}

/** Reads a file, or the copy that systemd has made of it: an installed sensor may not read files of root. */
function readConfigured(file: string, credentials: string | undefined): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const copy = credentials === undefined ? undefined : join(credentials, `conf_${basename(file)}`)
    if (copy !== undefined && existsSync(copy)) return readFileSync(copy, 'utf8')
    throw error
  }
}

/** Reads the certificate files into `tls`. @returns the problems */
function readPem(values: Partial<Settings>, tls: SensorConfig['tls'], readFile: (file: string) => string): string[] {
  const problems: string[] = []
  for (const part of ['ca', 'cert', 'key'] as const) {
    const name = pemSettings[part]
    try {
      if (values[name] !== undefined) tls[part] = readFile(values[name])
    } catch (error) {
      problems.push(`${name} cannot be read: ${(error as Error).message}`)
    }
  }
  return problems
}
