import { openFolder } from '@hearthwatch/files'
import { readEnv } from '@hearthwatch/settings'
import { brokerUrl, ownAddresses } from '../broker/address.ts'
import { openClone } from '../installation/clone.ts'
import { isComposeHouse, reloadInContainer, setupInContainer } from '../installation/compose-house.ts'
import { openComposeVolumes } from '../installation/compose-volumes.ts'
import type { Secrets } from '../installation/installation.ts'
import { type SensorRequest, UsageError } from '../setup-request.ts'
import type { SensorRequestLine } from './arguments.ts'
import { type House, makeFiles, monitorOf, runSensor } from './command.ts'
import { forgetDevice, giveRoom, type MonitorAddress } from './monitor-client.ts'
import type { SensorResult } from './result.ts'
import type { SensorWords } from './words.ts'

export interface Place {
  /** Folder of the installation. */
  dir?: string | undefined
  /** In a container: the sensors that are services. */
  containers?: SensorRequest[] | undefined
  words: SensorWords
  ask?: House['ask']
}

/**
 * Carries out `setup sensor …` where the broker's files are: in this clone, in this container, or from this clone in the
 * container of setup.
 * @throws UsageError, SetupError
 */
export async function administer(line: SensorRequestLine, { dir = '.', containers, words, ask }: Place): Promise<SensorResult> {
  const now = Date.now
  if (containers) {
    const installation = openComposeVolumes(dir, containers)
    return runSensor(line, { installation, dir: null, env: {}, words, ask: undefined, now })
  }
  if (line.options.compose ?? (await isComposeHouse(dir))) return throughCompose(line, dir, words, ask)
  const env = readEnv((await openFolder(dir, '.').read('.env')) ?? '')
  return runSensor(line, { installation: await openClone(dir), dir, env, words, ask, now })
}

/** The running house of `administer`, for programs that ask its monitor. */
export async function monitorOfHouse(dir: string, compose: boolean): Promise<MonitorAddress> {
  if (!compose) return monitorOf(readEnv((await openFolder(dir, '.').read('.env')) ?? ''))
  const { page, port } = JSON.parse(await setupInContainer(dir, ['show', '--json'])) as Secrets
  return { url: `http://127.0.0.1:${port}`, password: page }
}

async function throughCompose(line: SensorRequestLine, dir: string, words: SensorWords, ask: House['ask']): Promise<SensorResult> {
  const { verb, id, options } = line
  const room = line.room ?? (verb === 'add' ? await ask?.(words.askRoom, []) : undefined)
  if (verb === 'add' && room === undefined) throw new UsageError('sensor add needs a room.')
  const args = ['sensor', verb, ...(verb === 'add' ? [] : [id ?? '']), ...(room === undefined ? [] : [room])].filter((arg) => arg !== '')
  if (verb === 'add') {
    // The container does not know the addresses of this machine.
    const broker = options.broker ?? (options.here ? undefined : await chooseBroker(words, ask))
    const given = { id, probe: options.probe, probes: options.probes, broker }
    args.push(...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])))
    args.push(...options.hosts.map((host) => `--host=${host}`), ...(options.here ? ['--here'] : []))
  }
  const result = JSON.parse(await setupInContainer(dir, [...args, '--json'])) as SensorResult
  const reload = result.reload.length > 0 ? await reloadInContainer(dir) : []
  const files = result.sensor ? await makeFiles(options.out, result.sensor) : []
  const monitor = verb === 'move' || verb === 'remove' ? await monitorOfHouse(dir, true) : undefined
  const told = { ...result, files, reload }
  if (monitor && verb === 'remove') return { ...told, monitor: await forgetDevice(monitor, id ?? '') }
  if (monitor) return { ...told, monitor: await giveRoom(monitor, id ?? '', room ?? '') }
  return told
}

async function chooseBroker(words: SensorWords, ask: House['ask']): Promise<string> {
  const addresses = await ownAddresses()
  const host = addresses.length > 1 && ask ? await ask(words.chooseBroker, addresses) : (addresses[0] ?? (await ask?.(words.askBroker, [])))
  if (host === undefined || host === '') throw new UsageError(words.noBroker)
  return brokerUrl(host)
}
