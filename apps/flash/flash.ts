import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brokerUrl, isLoopback } from '@hearthwatch/cli/broker/address'
import { isComposeHouse } from '@hearthwatch/cli/installation/compose-house'
import { administer, monitorOfHouse } from '@hearthwatch/cli/sensor/administer'
import type { SensorResult } from '@hearthwatch/cli/sensor/result'
import { sensorWords } from '@hearthwatch/cli/sensor/words'
import { checkSensor } from '@hearthwatch/cli/setup-request'
import { askPerson } from '@hearthwatch/cli/terminal'
import { FlashUsageError, type Options } from './arguments.ts'
import { findMounted } from './boot/find.ts'
import { openImage } from './boot/image.ts'
import { openMounted } from './boot/mounted.ts'
import { type BootPartition, CardError } from './boot/partition.ts'
import { unpack } from './boot/unpack.ts'
import { inspect } from './card/inspect.ts'
import { planChanges } from './card/plan.ts'
import { explainLog } from './check.ts'
import { describeChanges } from './dry-run.ts'
import { getPackage } from './package-file.ts'
import type { Progress } from './progress.ts'
import { completeRequest, type FlashRequest } from './request.ts'
import { waitForReading } from './wait.ts'
import { wordsIn } from './words/language.ts'
import type { Words } from './words/words.ts'
import { writeChanges } from './write.ts'

/** The surroundings of a run. */
export interface Surroundings {
  language: string | undefined
  /** True if a person can be asked. */
  isAsking: boolean
  progress: Progress
  /** The result, for standard output. */
  print(text: string): void
  signal: AbortSignal
  /** True if a broker answers at this address; without it nothing is tried. */
  reaches?: (broker: string) => Promise<boolean>
  /** Finds the mounted cards. */
  find?: () => Promise<string[]>
}

/** @returns the exit code @throws FlashUsageError, CardError, Stopped, and the errors of setup */
export async function flash(options: Options, around: Surroundings): Promise<0 | 1> {
  const words = wordsIn(around.language)
  const { print, signal } = around
  if (options.drive !== undefined && options.image !== undefined) throw new FlashUsageError('--drive and --image exclude each other.')
  const isWaitOnly =
    options.wait && options.id !== undefined && options.drive === undefined && options.image === undefined && options.room === undefined
  if (isWaitOnly) return wait(options, options.id as string, around, words)
  const boot = await open(options, around, words)
  try {
    if (options.check) {
      const { text, isGood } = await explainLog(boot, words)
      print(text)
      return isGood ? 0 : 1
    }
    const id = await prepare(boot, options, around, words)
    if (id === null || !options.wait || signal.aborted) return 0
    return wait(options, id, around, words)
  } finally {
    await boot.close()
  }
}

/** Prepares the card. @returns the sensor's id; null after a dry run */
async function prepare(boot: BootPartition, options: Options, around: Surroundings, words: Words): Promise<string | null> {
  const { progress, print, signal } = around
  const card = await inspect(boot, words)
  progress.say(words.card(boot.name, card.starter === 'cloud-init' ? 'cloud-init' : 'systemd.run'))
  const request = await completeRequest(options, card, around.isAsking, words)
  // Checked before the package is built, which takes a while.
  checkSensor({ id: request.id ?? 'sensor', room: request.room, probes: request.probes })
  if (options.broker !== undefined && isLoopback(brokerUrl(options.broker)))
    throw new FlashUsageError(`${options.broker} leads each machine to itself. Give the address at which the Pi reaches the broker.`)
  if (card.before !== undefined && card.before.id === request.id) progress.say(words.upgrade(request.id))
  if (card.isCustomised && (request.hostname || request.sshKey)) progress.say(words.keptUserData)

  progress.step(words.packaging, 0)
  const file = await getPackage(options.package, (share) => progress.step(words.packaging, Math.min(0.999, share)))
  progress.step(words.packaging, 1)
  for (const note of file.notes) progress.say(note)
  signal.throwIfAborted()

  const isDry = options['dry-run'] === true
  const account = isDry ? undefined : await addSensor(request, options, around)
  const none = { env: `ROOM=${request.room}\n`, ca: 'CA\n', certificate: null, key: null }
  const { id, env, ca, certificate, key, broker } = account?.sensor ?? { id: request.id ?? 'sensor', ...none, broker: '' }
  const changes = await planChanges(boot, card, {
    ...{ id, room: request.room, env, ca, certificate, key, overlays: request.overlays, package: file },
    ...{ wifi: request.wifi, hostname: request.hostname, sshKey: request.sshKey, user: request.user, now: Date.now() },
    installer: await readFile(join(import.meta.dirname, 'install.sh')),
  })
  if (isDry) {
    print([words.wouldAdd(request.id ?? '…', request.room), await describeChanges(boot, changes, words), '', words.dryRun].join('\n'))
    return null
  }
  await writeChanges(boot, changes, { progress, words, signal })
  const steps = words.next(boot.isMounted).map((step, index) => `  ${index + 1}. ${step}`)
  const isSilent = broker && around.reaches && !(await around.reaches(broker))
  const notes = [
    ...(isSilent ? [words.noBroker(broker)] : []),
    ...(ca === null ? [words.plain(broker ?? '')] : []),
    ...(account?.reload.length ? [words.reload(account.reload)] : []),
  ]
  print([words.done(id, request.room, broker ?? ''), ...notes, ...steps].join('\n'))
  return id
}

/** Makes the sensor's user, rights and password at the broker. Running again keeps them. */
async function addSensor({ room, id, driver, probes }: FlashRequest, options: Options, around: Surroundings): Promise<SensorResult> {
  const broker = options.broker === undefined ? undefined : brokerUrl(options.broker)
  const compose = options.compose ? true : options['no-compose'] ? false : undefined
  const place = { dir: options.dir, words: sensorWords(around.language), ask: around.isAsking ? askPerson : undefined }
  const common = { here: false, hosts: [], json: true, help: false, compose }
  // A card that is flashed again for another room takes its sensor along.
  const { sensors = [] } = id === undefined ? {} : await administer({ verb: 'list', options: common }, place)
  const known = sensors.find((sensor) => sensor.id === id)
  if (known !== undefined && known.room !== room) await administer({ verb: 'move', id, room, options: common }, place)
  return administer({ verb: 'add', id, room, options: { ...common, broker, probe: driver, probes } }, place)
}

async function open(options: Options, { find = findMounted, isAsking, progress }: Surroundings, words: Words): Promise<BootPartition> {
  if (options.image !== undefined) {
    if (options.image.endsWith('.xz')) progress.step(words.unpacking, 0)
    const file = await unpack(options.image, (share) => progress.step(words.unpacking, Math.min(0.999, share)))
    if (options.image.endsWith('.xz')) progress.step(words.unpacking, 1)
    return openImage(file)
  }
  if (options.drive !== undefined) return openMounted(options.drive)
  const found = await find()
  const [first] = found
  if (first === undefined) throw new CardError(words.noCard)
  if (found.length === 1) return openMounted(first)
  if (!isAsking) throw new FlashUsageError(words.manyCards(found))
  return openMounted(await askPerson(words.whichCard, found))
}

async function wait(options: Options, id: string, { print, progress, signal }: Surroundings, words: Words): Promise<0 | 1> {
  const dir = options.dir ?? '.'
  const isCompose = options.compose ?? (options['no-compose'] ? false : await isComposeHouse(dir))
  const monitor = await monitorOfHouse(dir, isCompose)
  progress.say(words.waiting(id))
  const { text, isGood } = await waitForReading(monitor, id, words, signal)
  print(text)
  return isGood ? 0 : 1
}
