import { makePassword } from './passwords.ts'
import type { SensorSetting } from './sensor-settings.ts'

/** A device of others that gets a user at the broker. */
export interface DeviceSettings {
  /** Its user. */
  name: string
  kind: string
  /** The topic or prefix below which it publishes; the room of a script. */
  topic: string
  /** URL of the broker, as the device reaches it. */
  broker: string
}

/** The file with the login of a device, in the folder of the settings. */
export const deviceFileOf = (name: string): string => `.env.device.${name}`

/** The content of that file, with a new password. */
export function deviceSettings({ name, kind, topic, broker }: DeviceSettings): SensorSetting[] {
  return [
    { name: 'DEVICE_KIND', value: kind },
    { name: 'DEVICE_TOPIC', value: topic, comment: 'Its rights at the broker depend on kind and topic.' },
    { name: 'MQTT_URL', value: broker },
    { name: 'MQTT_USERNAME', value: name },
    { name: 'MQTT_PASSWORD', value: makePassword() },
  ]
}

/** The comment at the top of a device's file. */
export function deviceTitle({ name, kind }: DeviceSettings): string {
  return `The login ${name} for ${kind}. Made by npm run setup -- device add.`
}
