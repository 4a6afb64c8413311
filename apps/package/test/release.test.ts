import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import manifest from '../../../package.json' with { type: 'json' }
import { notesOf, sumsOf, versionOf } from '../release-notes.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const run = promisify(execFile)

describe('A release', () => {
  it('needs a tag that is the version of the sources', () => {
    assert.equal(versionOf('v1.2.3', '1.2.3'), '1.2.3')
    for (const tag of ['1.2.3', 'v1.2.4', 'v1.2.3-beta']) assert.throws(() => versionOf(tag, '1.2.3'), /the tag must be v1\.2\.3/)
  })

  it('has the notes of its version, and no others', () => {
    const changelog = '# Changes\n\n## 1.1.0 (2026-12-01)\n\n- new\n\n## 1.0.0\n\n- old\n\n## 0.9.0\n'
    assert.equal(notesOf(changelog, '1.1.0'), '- new\n')
    assert.equal(notesOf(changelog, '1.0.0'), '- old\n')
    for (const version of ['0.9.0', '1.1', '2.0.0']) assert.throws(() => notesOf(changelog, version), /says nothing about version/)
  })

  it('can be made of this repository: CHANGELOG.md has notes of the version in package.json', async () => {
    assert.match(notesOf(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), manifest.version), /\w/)
  })

  it('has sums as sha256sum writes them', () => {
    assert.equal(
      sumsOf([
        { name: 'a.deb', sha256: 'aa' },
        { name: 'b.deb', sha256: 'bb' },
      ]),
      'aa  a.deb\nbb  b.deb\n',
    )
  })

  it('is refused with a reason for another tag, and without one', async () => {
    const release = (...args: string[]) =>
      run(process.execPath, ['apps/package/release.ts', ...args], { cwd: root }).catch((error: { code: number; stderr: string }) => error)
    const [other, none] = await Promise.all([release('--tag', 'v0.0.1'), release()])
    assert.equal((other as { code: number }).code, 1)
    assert.match(other.stderr, /the tag must be v/)
    assert.equal((none as { code: number }).code, 2)
    assert.match(none.stderr, /--tag is missing/)
  })
})
