import { runSetup } from './command.ts'

const { code, output, errors } = await runSetup(process.argv.slice(2))
process.stdout.write(output)
process.stderr.write(errors)
process.exitCode = code
