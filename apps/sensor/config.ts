import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { levels } from '@hearthwatch/log'
import { bounds, isDeviceId, isName, isTopic, maxRows, quantityOf, toDeviceId, topicOf } from '@hearthwatch/protocol'
import { readSettings, SettingsError } from '@hearthwatch/settings'
import Type, { type Static } from 'typebox'
import { probeChoices } from './probes/index.ts'

/** The sensor's settings, in the order in which `.env.example` explains them. */
export const settings = Type.Object({
  MQTT_URL: Type.Refine(
    Type.String({
      default: 'mqtt://127.0.0.1:1883',
      description: "the broker's address: mqtt://, mqtts://, ws:// or wss://, a host and a port",
    }),
    (url) => /^(mqtts?|wss?):\/\/./.test(url) && URL.canParse(url),
  ),
  MQTT_USERNAME: Type.Optional(Type.String({ description: 'the user at the broker; none: connect without one' })),
  MQTT_PASSWORD: Type.Optional(Type.String({ description: 'its password', secret: true })),
  MQTT_CA_FILE: Type.Optional(Type.String({ description: 'certificates of who may vouch for the broker (PEM)' })),
  MQTT_CERT_FILE: Type.Optional(Type.String({ description: 'our own certificate (PEM), with MQTT_KEY_FILE' })),
  MQTT_KEY_FILE: Type.Optional(Type.String({ description: 'its key (PEM)' })),
  MQTT_CLIENT_ID: Type.Optional(
    Type.String({ maxLength: 64, description: 'the client id at the broker; default: the user name, else SENSOR_ID' }),
  ),
  LOG_LEVEL: Type.Enum([...levels], { default: 'info', description: 'how much the log says' }),
  UI_LANGUAGE: Type.Enum(['en', 'zh-TW'], { default: 'en', description: 'the language of alert texts' }),
  TZ: Type.Optional(
    Type.Refine(Type.String({ description: 'a time zone such as Asia/Taipei, for people; topics and logs are in UTC' }), isTimeZone),
  ),
  SENSOR_ID: Type.Optional(
    Type.Refine(Type.String({ description: "the sensor's id: 1 to 32 of a-z, 0-9 and -; default: made from the host's name" }), isDeviceId),
  ),
  ROOM: Type.Refine(Type.String({ description: "the room's name: 1 to 64 characters, none of / + #" }), isName),
  PROBE: Type.Enum([...probeChoices], { default: 'auto', description: 'what to read; auto: whatever is plugged in' }),
  READ_INTERVAL: Type.Number({ ...bounds.READ_INTERVAL, default: 10, description: 's between two readings' }),
  HEARTBEAT_INTERVAL: Type.Number({ ...bounds.HEARTBEAT_INTERVAL, default: 30, description: 's between two heartbeats' }),
  ALERT_ABOVE: Type.Number({ ...bounds.ALERT_ABOVE, default: 30, description: '°C; warmer than this is told' }),
  ALERT_BELOW: Type.Optional(Type.Number({ ...bounds.ALERT_BELOW, description: '°C; colder than this is told' })),
  BATCH_SIZE: Type.Integer({ minimum: 1, maximum: maxRows, default: 60, description: 'rows of the record that are sent at once' }),
  BATCH_INTERVAL: Type.Number({ minimum: 0.1, maximum: 86_400, default: 30, description: 's after which what has gathered is sent' }),
  MAX_RATE: Type.Number({ ...bounds.MAX_RATE, default: 10, description: 'live messages a second at most; the newest value wins' }),
  OUTBOX_DIR: Type.String({ default: 'data/outbox', description: 'a folder for what must survive a restart' }),
  OUTBOX_MAX: Type.Integer({ minimum: 100, maximum: 100_000_000, default: 1_000_000, description: 'rows that the outbox keeps at most' }),
  OUTBOX_SYNC: Type.Enum(['full', 'normal'], {
    default: 'full',
    description: 'normal: fewer writes, but a power cut may take the last seconds',
  }),
  STATUS_TOPIC: Type.Optional(
    Type.Refine(
      Type.String({ maxLength: 256, description: 'a topic for online and offline, for the second sensor of a room: device/{id}/status' }),
      (topic) => isTopic(topic) && !topic.startsWith('$'),
    ),
  ),
  SYSFS_ROOT: Type.String({ default: '/sys', description: "where the kernel shows the machine's probes" }),
  SIMULATE_MEAN: Type.Number({ minimum: -100, maximum: 250, default: 20, description: '°C; what the simulated probe is about' }),
  SIMULATE_SPREAD: Type.Number({ minimum: 0, maximum: 100, default: 5, description: '°C; how far from that it goes at most' }),
  SIMULATE_SEED: Type.Optional(Type.String({ description: 'any text: the same text gives the same readings; default: SENSOR_ID' })),
})

type Settings = Static<typeof settings>

/** The settings with every default filled in, and the contents of the certificate files. */
export interface SensorConfig extends Settings {
  SENSOR_ID: string
  MQTT_CLIENT_ID: string
  STATUS_TOPIC: string
  SIMULATE_SEED: string
  tls: { ca?: string; cert?: string; key?: string }
}

/**
 * The sensor's settings from the environment, else from `.env.sensor`, else from `.env`.
 * @throws SettingsError naming all that is wrong
 */
export function readConfig(
  env: Record<string, string | undefined> = process.env,
  files: readonly string[] = ['.env.sensor', '.env'],
): SensorConfig {
  const problems = new Set<string>()
  const values: Partial<Settings> = {}
  // Each by itself, so that one that is wrong does not hide how the others fit together.
  for (const [name, setting] of Object.entries(settings.properties)) {
    try {
      Object.assign(values, readSettings(Type.Object({ [name]: setting }), env, files))
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error
      for (const problem of error.problems) problems.add(problem)
    }
  }
  for (const problem of conflicts(values)) problems.add(problem)
  const tls: SensorConfig['tls'] = {}
  for (const part of ['ca', 'cert', 'key'] as const) {
    const name = `MQTT_${part.toUpperCase()}_FILE` as 'MQTT_CA_FILE' | 'MQTT_CERT_FILE' | 'MQTT_KEY_FILE'
    try {
      if (values[name] !== undefined) tls[part] = readFileSync(values[name], 'utf8')
    } catch (error) {
      problems.add(`${name} cannot be read: ${(error as Error).message}`)
    }
  }
  if (problems.size > 0) throw new SettingsError([...problems])
  return { ...complete(values as Settings), tls }
}

/** What is wrong with the settings in sight of each other. */
function conflicts(values: Partial<Settings>): string[] {
  const { ALERT_ABOVE, ALERT_BELOW, MQTT_CERT_FILE, MQTT_KEY_FILE, SIMULATE_MEAN = 0, SIMULATE_SPREAD = 0 } = values
  const problems: string[] = []
  if (ALERT_BELOW !== undefined && ALERT_ABOVE !== undefined && ALERT_BELOW >= ALERT_ABOVE)
    problems.push(`ALERT_BELOW must be less than ALERT_ABOVE (they are ${ALERT_BELOW} and ${ALERT_ABOVE})`)
  if (MQTT_CERT_FILE !== undefined && MQTT_KEY_FILE === undefined) problems.push('MQTT_KEY_FILE is missing (MQTT_CERT_FILE needs it)')
  if (MQTT_KEY_FILE !== undefined && MQTT_CERT_FILE === undefined) problems.push('MQTT_CERT_FILE is missing (MQTT_KEY_FILE needs it)')
  const { min, max } = quantityOf('temperature')
  if (SIMULATE_MEAN - SIMULATE_SPREAD < min || SIMULATE_MEAN + SIMULATE_SPREAD > max)
    problems.push(`SIMULATE_MEAN ± SIMULATE_SPREAD must stay between ${min} and ${max}`)
  return problems
}

function complete(values: Settings): Omit<SensorConfig, 'tls'> {
  const id = values.SENSOR_ID ?? toDeviceId(hostname())
  return {
    ...values,
    SENSOR_ID: id,
    MQTT_CLIENT_ID: values.MQTT_CLIENT_ID ?? values.MQTT_USERNAME ?? id,
    STATUS_TOPIC: values.STATUS_TOPIC?.replaceAll('{id}', id) ?? topicOf('status', { room: values.ROOM }),
    SIMULATE_SEED: values.SIMULATE_SEED ?? id,
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
