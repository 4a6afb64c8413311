import { createProgress, type Progress } from './progress.ts'

/** The surroundings of a command at work. */
interface Running {
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal
  progress: Progress
}

/**
 * Runs a command: prints its help, or why its arguments are wrong.
 * @param read returns the options, `help`, or a sentence about wrong arguments; an exception is one, too
 * @param work returns true for success
 * @returns the exit code
 */
export async function runCommand<T extends object>(
  help: string,
  read: () => T | string,
  work: (options: T, running: Running) => Promise<boolean>,
): Promise<number> {
  const options = readOrExplain(read)
  if (options === 'help') {
    console.log(help)
    return 0
  }
  if (typeof options === 'string') {
    console.error(`${options}\n\n${help}`)
    return 2
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  return (await work(options, { signal: stop.signal, progress: createProgress(process.stderr) })) ? 0 : 1
}

function readOrExplain<T>(read: () => T | string): T | string {
  try {
    return read()
  } catch (error) {
    return (error as Error).message
  }
}
