import { type Arguments, help, readArguments } from './arguments.ts'
import { openClone } from './clone.ts'
import { readChosen } from './config.ts'
import { openContainers } from './containers.ts'
import { tellMade, tellSecrets } from './messages.ts'
import { SetupError, UsageError } from './setup-request.ts'

/** How a run of setup ends: its exit code, and what it says on standard output and standard error. */
export interface Outcome {
  code: 0 | 1 | 2
  output: string
  errors: string
}

/**
 * Runs setup with these arguments.
 * @throws only what is a bug; what a person can do something about is the outcome
 */
export async function runSetup(args: readonly string[]): Promise<Outcome> {
  try {
    return { code: 0, output: await obey(readArguments(args)), errors: '' }
  } catch (error) {
    if (error instanceof UsageError)
      return { code: 2, output: '', errors: `${error.message}\nnpm run setup -- --help tells what can be said.\n` }
    if (isTrouble(error)) return { code: 1, output: '', errors: `${error.message}\n` }
    throw error
  }
}

async function obey({ command, dir, containers }: Arguments): Promise<string> {
  if (command.name === 'help') return `${help}\n`
  const house = containers ? openContainers(dir ?? '/secrets', containers, readChosen()) : await openClone(dir ?? '.')
  const where = containers ? 'containers' : 'clone'
  if (command.name === 'make') return tellMade(await house.make(command.request, Date.now()), command.request, where)
  if (command.what === undefined) return tellSecrets(await house.secrets(), where)
  // The text of a file and nothing else: it is there to be sent into one.
  return command.what === 'ca' ? house.authority() : house.settingsOf(command.what)
}

/** Files that make no sense, or cannot be read or written. */
function isTrouble(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error instanceof SetupError || error.name === 'PasswdError' || 'syscall' in error
}
