import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import { loadedBy, root } from './imports.ts'

const help = `npm test [-- part-of-a-file-name …]
npm run test:fast [-- part-of-a-file-name …]

Runs every test, or those in files whose path contains one of the words. The fast ones start no other program, no
browser, no broker, no server and no database, and try no thousands of random inputs.
Suites that need another program, such as Mosquitto or Chromium, are skipped by name where it is not installed;
with REQUIRE_ALL=1 in the environment that is a failure.`

let words: string[]
let fast: boolean
try {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, fast: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  words = positionals
  fast = values.fast ?? false
} catch (error) {
  console.error(`${(error as Error).message}\n\n${help}`)
  process.exit(2)
}

/** A test that loads one of these may start a program, a browser, a broker, a server or a database, or tries random inputs. */
const slow = [
  'node:child_process',
  'node:http',
  'node:net',
  'mqtt',
  'aedes',
  'playwright-core',
  'smtp-server',
  'fastify',
  'better-sqlite3',
  'node:sqlite',
  'fast-check',
]

const files = globSync(['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts', 'chaos/**/*.test.ts'], {
  cwd: root,
})
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .filter((file) => !fast || !slow.some((library) => loadedBy(file).has(library)))
  .sort()
if (files.length === 0) {
  console.error(`No test file has ${words.join(' or ')} in its path.`)
  process.exit(2)
}

const counts = { passed: 0, failed: 0, skipped: 0 }
const tests = run({
  files: files.map((file) => `${root}/${file}`),
  // Tests wait for brokers, clocks and browsers for two fifths of their time.
  concurrency: availableParallelism() + 1,
  timeout: 120_000,
})
tests.on('test:pass', ({ details, skip }) => {
  // A skipped suite emits no other event.
  if (skip) counts.skipped += 1
  else if (details.type !== 'suite') counts.passed += 1
})
tests.on('test:fail', ({ details }) => {
  // A suite fails by its tests, which are already counted, or by itself, because of a missing program or a broken hook.
  const cause = (details.error as { failureType?: string }).failureType
  if (cause === 'subtestsFailed') return
  counts.failed += 1
  process.exitCode = 1
})
tests.compose(new spec()).pipe(process.stdout)
tests.once('end', () => {
  process.on('exit', () => {
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`)
  })
})
