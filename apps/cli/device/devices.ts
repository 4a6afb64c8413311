import type { DeviceRights } from '@hearthwatch/broker/edit-acl'
import type { TextFolder as Folder } from '@hearthwatch/files'
import { rightsOf } from '@hearthwatch/foreign/logins'
import type { Report, Step } from '../report.ts'
import { type SetupRequest, UsageError } from '../setup-request.ts'
import { changeDevice, type DeviceFile, planDevices } from './file.ts'

/** The logins of devices of others in an installation. */
export interface Devices {
  list(): Promise<DeviceFile[]>
  /** Gives the device a new password, or another address of the broker. @throws UsageError for an unknown device */
  change(name: string, change: { password?: boolean; broker?: string | undefined }, now: number): Promise<Report>
  /** Takes its user, its rights and its file away. @throws UsageError for an unknown device */
  remove(name: string, now: number): Promise<Report>
}

/**
 * @param open opens the folder of their files
 * @param make brings the files of the broker in line
 */
export function createDevices(open: () => Promise<Folder>, make: (request: SetupRequest, now: number) => Promise<Report>): Devices {
  const list = async () => planDevices(await open(), {}, { own: [], all: [] })
  const find = async (name: string) => {
    const found = (await list()).find((device) => device.name === name)
    if (found === undefined) throw new UsageError(`The device ${name} has no login.`)
    return found
  }
  return {
    list,
    async change(name, change, now) {
      const found = await find(name)
      await (await open()).ensure(found.file, changeDevice(found, change), 0o600)
      return make({ own: [], hosts: [] }, now)
    },
    async remove(name, now) {
      const found = await find(name)
      const report = await make({ own: [], hosts: [], removed: name }, now)
      await (await open()).remove(found.file)
      return report
    },
  }
}

/** Writes the files of all devices. @returns the steps */
export async function ensureDevices(home: Folder, plan: readonly DeviceFile[]): Promise<Step[]> {
  const steps: Step[] = []
  for (const { file, text, name, kind } of plan) {
    const outcome = await home.ensure(file, text, 0o600)
    steps.push({ outcome, file: home.name === '.' ? file : `${home.name}/${file}`, what: `the login ${name} for ${kind}` })
  }
  return steps
}

/** The passwords of these devices by user. */
export const usersOf = (plan: readonly DeviceFile[]): Record<string, string> =>
  Object.fromEntries(plan.map(({ name, password }) => [name, password]))

/** The rights of these devices at the broker. */
export const deviceRights = (plan: readonly DeviceFile[]): DeviceRights[] =>
  plan.map((device) => ({ name: device.name, lines: rightsOf(device) }))
