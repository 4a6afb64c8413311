import { makePassword } from '@hearthwatch/broker/passwords'
import { topicOf } from '@hearthwatch/protocol'
import { readEnv, setEnv } from '@hearthwatch/settings'
import { SetupError } from '../setup-request.ts'
import type { SensorFile } from './file.ts'

/** A change of a sensor that exists. */
export interface SensorChange {
  /** Gives it a new password. */
  password?: boolean
  room?: string | undefined
  /** URL of the broker, as its machine reaches it. */
  broker?: string | undefined
  /** The value of PROBE, and of PROBES. */
  probe?: string | undefined
  probes?: string | undefined
}

/**
 * The text of the sensor's file after the change.
 * @param all the files of all sensors
 * @throws SetupError if its password stands in a file of its own
 */
export function changeSensor({ file, text = '', request }: SensorFile, change: SensorChange, all: readonly SensorFile[]): string {
  const env = readEnv(text)
  let result = text
  if (change.password) {
    if (env.MQTT_PASSWORD_FILE !== undefined) throw new SetupError(`${file} names MQTT_PASSWORD_FILE: write the new password there.`)
    result = setEnv(result, 'MQTT_PASSWORD', makePassword())
  }
  for (const [name, value] of Object.entries({ MQTT_URL: change.broker, PROBE: change.probe, PROBES: change.probes })) {
    if (value !== undefined && env[name] !== value) result = setEnv(result, name, value)
  }
  if (change.room !== undefined) {
    result = setEnv(result, 'ROOM', change.room)
    // The status topic of a room belongs to its first sensor.
    const others = all.filter((other) => other.request.id !== request.id && other.request.room === change.room)
    if (env.STATUS_TOPIC === undefined && others.some((other) => readEnv(other.text ?? '').STATUS_TOPIC === undefined))
      result = setEnv(result, 'STATUS_TOPIC', topicOf('deviceStatus', { id: request.id }))
  }
  return result
}
