import { type Arguments, help, readArguments } from './arguments.ts'
import { openClone } from './clone.ts'
import { readChosen } from './config.ts'
import { openContainers } from './containers.ts'
import { describeReport, describeSecrets } from './messages.ts'
import { SetupError, UsageError } from './setup-request.ts'

/** The result of a run of setup: its exit code, standard output and standard error. */
export interface Outcome {
  code: 0 | 1 | 2
  output: string
  errors: string
}

/**
 * Runs setup with these arguments.
 * @throws only for a bug; errors that a person can correct are part of the outcome
 */
export async function runSetup(args: readonly string[]): Promise<Outcome> {
  try {
    return { code: 0, output: await execute(readArguments(args)), errors: '' }
  } catch (error) {
    if (error instanceof UsageError)
      return { code: 2, output: '', errors: `${error.message}\nnpm run setup -- --help lists all commands.\n` }
    if (isExpected(error)) return { code: 1, output: '', errors: `${error.message}\n` }
    throw error
  }
}

async function execute({ command, dir, containers }: Arguments): Promise<string> {
  if (command.name === 'help') return `${help}\n`
  const installation = containers ? openContainers(dir ?? '/secrets', containers, readChosen()) : await openClone(dir ?? '.')
  const where = containers ? 'containers' : 'clone'
  if (command.name === 'make') return describeReport(await installation.make(command.request, Date.now()), command.request, where)
  if (command.what === undefined) return describeSecrets(await installation.secrets(), where)
  // Only the text of the file, so that the output can be redirected into one.
  return command.what === 'ca' ? installation.authority() : installation.settingsOf(command.what)
}

/** True for invalid files, and for files that cannot be read or written. */
function isExpected(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error instanceof SetupError || error.name === 'PasswdError' || 'syscall' in error
}
