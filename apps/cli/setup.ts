import { commandLanguage } from '@hearthwatch/settings'
import { runSetup } from './command.ts'
import { askPerson, isTerminal } from './terminal.ts'

const { code, output, errors } = await runSetup(process.argv.slice(2), {
  language: commandLanguage(process.env),
  ask: isTerminal() ? askPerson : undefined,
})
process.stdout.write(output)
process.stderr.write(errors)
process.exitCode = code
