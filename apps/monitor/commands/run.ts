import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** Wrong use of a command: its message and the help are printed, and the exit code is 2. */
export class UsageError extends Error {}

const expected = ['SettingsError', 'DatabaseError', 'ListenError', 'AclError', 'PasswdError', 'BackupError', 'UnreadableBackup']

/**
 * Runs a command: parses its options, prints its help, and turns errors into messages.
 * @param takesFiles true if it takes arguments that are no options
 * @returns the exit code
 */
export async function runCommand<const Options extends ParseArgsOptionsConfig>(
  help: string,
  options: Options,
  run: (values: ReturnType<typeof parseArgs<{ options: Options }>>['values'], files: readonly string[]) => Promise<number>,
  takesFiles = false,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: takesFiles,
    })
    if ((values as { help?: boolean }).help) {
      console.log(help)
      return 0
    }
    return await run(values as Parameters<typeof run>[0], positionals)
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException
    if (error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS')) {
      console.error(`${message}\n\n${help}`)
      return 2
    }
    // Errors that the user can resolve are one line; any other error is a bug and is printed with its stack.
    console.error(expected.includes(name) || code !== undefined ? message : error)
    return 1
  }
}
