import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const help = `npm run check [-- --fix]

Types (tsc), lint, format and import rules (Biome). With --fix it formats the files and applies safe fixes.`

let fix = false
try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, fix: { type: 'boolean' } } })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  fix = values.fix ?? false
} catch (error) {
  console.error(`${(error as Error).message}\n\n${help}`)
  process.exit(2)
}

const root = `${import.meta.dirname}/..`
const steps = [
  ['tsc', '--project', 'tsconfig.json'],
  ['biome', ...(fix ? ['check', '--write'] : ['ci']), '--error-on-warnings', '.'],
]
const failed = steps.filter(([program = '', ...args]) => {
  const { status } = spawnSync(`node_modules/.bin/${program}`, args, { cwd: root, stdio: 'inherit' })
  return status !== 0
})
process.exit(failed.length > 0 ? 1 : 0)
