import { deviceFileOf, deviceSettings, deviceTitle } from '@hearthwatch/broker/device-settings'
import { makePassword } from '@hearthwatch/broker/passwords'
import type { TextFolder as Folder } from '@hearthwatch/files'
import { isSameSpace, loginKinds } from '@hearthwatch/foreign/logins'
import { completeEnv, readEnv, setEnv } from '@hearthwatch/settings'
import { type DeviceRequest, SetupError, UsageError } from '../setup-request.ts'

/** The file of a device, with its login. */
export interface DeviceFile extends DeviceRequest {
  file: string
  text: string
  password: string
}

const pattern = /^\.env\.device\.([a-z0-9-]{1,32})$/

/** Names that a device cannot have. */
export interface TakenNames {
  /** The other users whose settings setup has made. */
  own: readonly string[]
  /** All users in the broker's password file, those included that a person has added. */
  all: readonly string[]
}

/**
 * Reads the files of all devices, with a new one and without a removed one.
 * @throws UsageError if the new one contradicts a file or a user
 * @throws SetupError for an invalid file
 */
export async function planDevices(
  home: Folder,
  { device, removed }: { device?: DeviceRequest | undefined; removed?: string | undefined },
  taken: TakenNames,
): Promise<DeviceFile[]> {
  const plan: DeviceFile[] = []
  for (const file of await home.names()) {
    const name = pattern.exec(file)?.[1]
    if (name !== undefined && name !== removed) plan.push(readDevice(file, name, (await home.read(file)) ?? ''))
  }
  if (device && !plan.some(({ name }) => name === device.name)) {
    const beside = plan.find((other) => isSameSpace(other, device))
    if (beside) throw new UsageError(`${beside.name} publishes below the same topic; choose another with --topic.`)
    if (taken.all.includes(device.name)) throw new UsageError(isTaken(device.name))
    const file = deviceFileOf(device.name)
    plan.push(readDevice(file, device.name, completeEnv(undefined, deviceTitle(device), deviceSettings(device))))
  }
  const twice = plan.find(({ name }) => taken.own.includes(name))
  if (twice) throw new UsageError(isTaken(twice.name))
  return plan
}

const isTaken = (name: string) => `The broker has another user ${name} already: choose another name.`

/** The text of a device's file after a change. */
export function changeDevice({ text, broker }: DeviceFile, change: { password?: boolean; broker?: string | undefined }): string {
  const moved = change.broker === undefined || change.broker === broker ? text : setEnv(text, 'MQTT_URL', change.broker)
  return change.password ? setEnv(moved, 'MQTT_PASSWORD', makePassword()) : moved
}

function readDevice(file: string, name: string, text: string): DeviceFile {
  const { DEVICE_KIND: kind = '', DEVICE_TOPIC: topic, MQTT_URL: broker, MQTT_PASSWORD: password } = readEnv(text)
  const known = loginKinds.find((one) => one === kind)
  if (known === undefined) throw new SetupError(`DEVICE_KIND in ${file} must be one of ${loginKinds.join(', ')}.`)
  if (topic === undefined || broker === undefined || password === undefined)
    throw new SetupError(`DEVICE_TOPIC, MQTT_URL or MQTT_PASSWORD is missing in ${file}.`)
  return { file, text, name, kind: known, topic, broker, password }
}
