import { openFolder } from '@hearthwatch/files'
import { readEnv } from '@hearthwatch/settings'
import { ownAddresses } from '../broker/address.ts'
import { readFollowed } from '../config.ts'
import { openClone } from '../installation/clone.ts'
import { isComposeHouse, reloadInContainer, setupInContainer } from '../installation/compose-house.ts'
import { openComposeVolumes } from '../installation/compose-volumes.ts'
import type { SensorRequest } from '../setup-request.ts'
import type { DeviceLine } from './arguments.ts'
import { type DeviceResult, plainBroker, runDevice } from './command.ts'
import type { DeviceWords } from './words.ts'

export interface DevicePlace {
  /** Folder of the installation. */
  dir?: string | undefined
  /** In a container: the sensors that are services. */
  containers?: SensorRequest[] | undefined
  words: DeviceWords
}

/**
 * Carries out `setup device …` where the broker's files are: in this clone, in this container, or from this clone in the
 * container of setup.
 * @throws UsageError, SetupError
 */
export async function administerDevice(line: DeviceLine, { dir = '.', containers, words }: DevicePlace): Promise<DeviceResult> {
  const now = Date.now
  if (containers) {
    const installation = openComposeVolumes(dir, containers)
    return runDevice(line, { installation, dir: null, env: readFollowed(), words, now })
  }
  const env = readEnv((await openFolder(dir, '.').read('.env')) ?? '')
  if (line.compose ?? (await isComposeHouse(dir))) return throughCompose(line, dir, env, words)
  return runDevice(line, { installation: await openClone(dir), dir, env, words, now })
}

async function throughCompose(
  line: DeviceLine,
  dir: string,
  env: Readonly<Record<string, string>>,
  words: DeviceWords,
): Promise<DeviceResult> {
  const { verb, name, added, broker } = line
  const args = ['device', verb, ...(name === '' ? [] : [name])]
  if (added !== undefined) {
    const known = await listed(dir)
    // The container does not know the addresses of this machine.
    const address = broker ?? (known.includes(name) ? undefined : plainBroker(await ownAddresses(), env, words))
    args.push(...(added.kind === 'script' ? [added.topic] : [`--topic=${added.topic}`]), `--kind=${added.kind}`)
    if (address !== undefined) args.push(`--broker=${address}`, '--here')
  }
  const result = JSON.parse(await setupInContainer(dir, [...args, '--json'])) as DeviceResult
  return { ...result, reload: result.reload.length > 0 ? await reloadInContainer(dir) : [] }
}

async function listed(dir: string): Promise<string[]> {
  const { devices = [] } = JSON.parse(await setupInContainer(dir, ['device', 'list', '--json'])) as DeviceResult
  return devices.map(({ name }) => name)
}
