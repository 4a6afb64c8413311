import { commandLanguage } from '@hearthwatch/settings'
import { runSetup } from './command.ts'
import { isTerminal, personHere } from './terminal.ts'

const { code, output, errors } = await runSetup(process.argv.slice(2), {
  language: commandLanguage(process.env),
  person: isTerminal() ? personHere : undefined,
})
process.stdout.write(output)
process.stderr.write(errors)
process.exitCode = code
