import { debianFolder, installMosquitto, mosquittoOwner, runHere } from './install.ts'

/**
 * `setup mosquitto`: installs the broker's files, and makes the broker read them.
 * @returns lines for people, or JSON for programs
 * @throws SetupError
 */
export async function runMosquitto(
  dir: string,
  { etc = debianFolder, isJson }: { etc?: string | undefined; isJson: boolean },
): Promise<string> {
  const { steps, command } = await installMosquitto({ dir, etc, owner: await mosquittoOwner() })
  // Another folder is that of another Mosquitto than the service.
  const isDone = command === '' || (etc === debianFolder && (await runHere(command)))
  const commands = isDone ? [] : [`sudo ${command}`]
  if (isJson) return `${JSON.stringify({ changed: steps.filter(({ outcome }) => outcome !== 'kept').map(({ file }) => file), commands })}\n`
  const width = Math.max(...steps.map(({ file }) => file.length))
  const lines = steps.map(({ outcome, file, what }) => `  ${outcome.padEnd(9)}  ${file.padEnd(width)}  ${what}`.trimEnd())
  const next = commands.map((command) => `Make the broker read them: ${command}`)
  return `${[...lines, ...next].join('\n')}\n`
}
