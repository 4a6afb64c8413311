import { join } from 'node:path'
import { openFolder } from '@hearthwatch/files'
import { readEnv } from '@hearthwatch/settings'
import { type Arguments, readArguments } from './arguments.ts'
import { runCluster } from './cluster/command.ts'
import { describeClusterResult } from './cluster/text.ts'
import { isInstalled, readTopicPrefix } from './config.ts'
import { administerDevice } from './device/administer.ts'
import { describeDeviceResult } from './device/text.ts'
import { deviceWords } from './device/words.ts'
import { openClone } from './installation/clone.ts'
import { openComposeVolumes } from './installation/compose-volumes.ts'
import { createInterview } from './interview/interview.ts'
import { describeReport, describeSecrets } from './messages.ts'
import { runMosquitto } from './mosquitto/command.ts'
import { renew } from './renew.ts'
import { administer } from './sensor/administer.ts'
import { describeSensorResult } from './sensor/text.ts'
import { sensorWords } from './sensor/words.ts'
import { SetupError, UsageError } from './setup-request.ts'
import { runService } from './systemd/command.ts'
import type { Person } from './terminal.ts'

/** The result of a run of setup: its exit code, standard output and standard error. */
export interface Outcome {
  code: 0 | 1 | 2
  output: string
  errors: string
}

/** The surroundings of a run. */
export interface Surroundings {
  /** Default: English. */
  language?: string | undefined
  /** The person at the terminal; undefined without one. */
  person?: Person | undefined
}

/**
 * Runs setup with these arguments.
 * @throws only for a bug; errors that a person can correct are part of the outcome
 */
export async function runSetup(args: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  try {
    return { code: 0, output: await execute(readArguments(args), around), errors: '' }
  } catch (error) {
    if (error instanceof UsageError)
      return { code: 2, output: '', errors: `${error.message}\n${setupLine(args)} --help lists all commands.\n` }
    // A person has pressed Ctrl-C at a question.
    if (error instanceof Error && error.name === 'AbortError') return { code: 1, output: '', errors: '\n' }
    if (isExpected(error)) return { code: 1, output: '', errors: `${error.message}\n` }
    throw error
  }
}

async function execute({ command, dir, containers }: Arguments, around: Surroundings): Promise<string> {
  if (command.name === 'help') return `${command.text}\n`
  if (command.name === 'sensor') {
    const words = sensorWords(around.language)
    const result = await administer(command.line, {
      dir,
      containers,
      words,
      ask: command.line.options.json ? undefined : around.person?.ask,
    })
    return command.line.options.json ? `${JSON.stringify(result)}\n` : describeSensorResult(result, words)
  }
  if (command.name === 'device') {
    const words = deviceWords(around.language)
    const result = await administerDevice(command.line, { dir, containers, words })
    return command.line.json ? `${JSON.stringify(result)}\n` : describeDeviceResult(result, words)
  }
  if (command.name === 'service') {
    if (containers) throw new UsageError('service is for a clone; containers start with Docker.')
    return runService({ dir: dir ?? '.', programs: command.programs, out: command.out, isJson: command.json })
  }
  if (command.name === 'mosquitto') {
    if (containers) throw new UsageError('mosquitto is for a Mosquitto without Docker.')
    return runMosquitto(dir ?? '.', { etc: command.etc, isJson: command.json })
  }
  const installation = containers ? openComposeVolumes(dir, containers) : await openClone(dir ?? '.')
  const where = containers ? 'containers' : isInstalled() ? 'package' : 'clone'
  if (command.name === 'cluster') {
    const prefix = containers ? readTopicPrefix() : readEnv((await openFolder(dir ?? '.', '.').read('.env')) ?? '').TOPIC_PREFIX
    const result = await runCluster(command.line, { installation, dir: dir ?? '.', prefix })
    return command.line.json ? `${JSON.stringify(result)}\n` : describeClusterResult(result, around.language)
  }
  if (command.name === 'make') {
    const isAsking = command.isOpen && around.person !== undefined && !containers
    const interview = isAsking ? createInterview(dir ?? '.', around.person as Person, around.language) : undefined
    const report = await installation.make((await interview?.ask(command.request)) ?? command.request, Date.now())
    await interview?.finish()
    return describeReport(report, where, around.language)
  }
  if (command.name === 'renew')
    return renew(installation, { isJson: command.json, passwd: containers ? undefined : join(dir ?? '.', 'mosquitto/passwd') })
  if (command.what === undefined) {
    const secrets = await installation.secrets()
    return command.json ? `${JSON.stringify(secrets)}\n` : describeSecrets(secrets, where, around.language)
  }
  // Only the text of the file, so that the output can be redirected into one.
  return command.what === 'ca' ? installation.authority() : installation.settingsOf(command.what)
}

/** The command that a person types: the arguments of a container begin with `compose`. */
const setupLine = ([first]: readonly string[]) => (first === 'compose' ? 'docker compose run --rm setup' : 'npm run setup --')

/** True for invalid files, and for files that cannot be read or written. */
function isExpected(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error instanceof SetupError || error.name === 'PasswdError' || error.name === 'AclError' || 'syscall' in error
}
