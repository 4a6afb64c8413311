import { topicOf } from '@hearthwatch/protocol'
import { makePassword } from './passwords.ts'

/** A sensor that gets a user at the broker. */
export interface SensorLogin {
  id: string
  room: string
  probe?: string | undefined
  /** The room of each probe, as in `PROBES`. */
  probes?: string | undefined
  /** URL of the broker; undefined if it is on the sensor's own machine. */
  broker?: string | undefined
  /** True if the broker requires a client certificate. */
  certificate?: boolean | undefined
}

/** A line of an env file, and the comment above it. */
export interface SensorSetting {
  name: string
  value: string
  comment?: string
}

/**
 * The settings of a new sensor.
 * @param shared true if another sensor uses the room's status topic, so that this one needs its own
 */
export function sensorSettings({ id, room, probe, probes, broker, certificate }: SensorLogin, shared: boolean): SensorSetting[] {
  const settings: SensorSetting[] = [
    { name: 'SENSOR_ID', value: id },
    { name: 'ROOM', value: room },
  ]
  if (probe) settings.push({ name: 'PROBE', value: probe })
  if (probes) settings.push({ name: 'PROBES', value: probes })
  if (shared) {
    const comment = "Another sensor uses the room's status topic."
    settings.push({ name: 'STATUS_TOPIC', value: topicOf('deviceStatus', { id }), comment })
  }
  if (broker) settings.push({ name: 'MQTT_URL', value: broker })
  if (usesTls(broker)) {
    settings.push({ name: 'MQTT_CA_FILE', value: 'ca.crt', comment: 'The trusted authority: a copy of ca.crt from the broker.' })
    if (certificate)
      settings.push(
        { name: 'MQTT_CERT_FILE', value: 'client.crt', comment: 'Its own certificate, by which the broker knows it.' },
        { name: 'MQTT_KEY_FILE', value: 'client.key' },
      )
  }
  const comment = 'Its user at the broker. The password file of the broker contains the hash of the password.'
  settings.push({ name: 'MQTT_USERNAME', value: id, comment }, { name: 'MQTT_PASSWORD', value: makePassword() })
  return settings
}

/** True if a client with this URL of the broker connects with TLS. */
export const usesTls = (broker: string | undefined): boolean => broker !== undefined && /^(mqtts|wss):/.test(broker)

/** The comment at the top of a sensor's file. */
export function sensorTitle(id: string): string {
  return `The sensor ${id}. Made by npm run setup; .env.example lists all settings.`
}
