import { answers } from '@hearthwatch/cli/answers'
import { SetupError, UsageError } from '@hearthwatch/cli/setup-request'
import { isTerminal } from '@hearthwatch/cli/terminal'
import { second } from '@hearthwatch/protocol/durations'
import { commandLanguage } from '@hearthwatch/settings'
import { FlashUsageError, help, readOptions } from './arguments.ts'
import { CardError } from './boot/partition.ts'
import { flash } from './flash.ts'
import { showProgress } from './progress.ts'
import { wordsIn } from './words/language.ts'
import { Stopped } from './write.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(`${help}\n`)
  else
    process.exitCode = await flash(options, {
      language: commandLanguage(process.env),
      isAsking: isTerminal(),
      progress: showProgress(process.stderr),
      print: (text) => process.stdout.write(`${text}\n`),
      signal: stop.signal,
      reaches: (broker) => answers(broker, 3 * second),
    })
} catch (error) {
  const isUsage = error instanceof FlashUsageError || error instanceof UsageError
  const isExpected = error instanceof CardError || error instanceof SetupError || (error instanceof Error && 'syscall' in error)
  if (error instanceof Stopped || stop.signal.aborted || (error as Error).name === 'AbortError')
    process.stderr.write(`\n${wordsIn(commandLanguage(process.env)).stopped}\n`)
  else if (isUsage) process.stderr.write(`${error.message}\nnpm run flash -- --help lists all options.\n`)
  else if (isExpected) process.stderr.write(`${error.message}\n`)
  else throw error
  process.exitCode = isUsage ? 2 : 1
}
