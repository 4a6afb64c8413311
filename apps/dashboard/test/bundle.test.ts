import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const dist = join(import.meta.dirname, '..', 'dist')
const files: Record<string, { file: string; imports?: string[]; css?: string[] }> = JSON.parse(
  readFileSync(join(dist, 'files.json'), 'utf8'),
)

/** A file of the page with all its static imports. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  const entry = files[name]
  assert.ok(entry, name)
  if (found.has(entry.file)) return found
  found.add(entry.file)
  for (const imported of entry.imports ?? []) withImports(imported, found)
  return found
}

/** Sizes with gzip, because browsers do not accept Brotli over plain HTTP. */
const gzipped = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + statSync(join(dist, `${name}.gz`)).size, 0)

const run = (...args: string[]) => spawnSync(process.execPath, [join(dist, '..', 'build.ts'), ...args], { encoding: 'utf8' })

describe('The build of the page', () => {
  it('the page is built once per state of its sources', () => {
    run('--if-needed')
    const { status, stdout, stderr } = run('--if-needed')
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' })
  })

  it('the build command has a help text and explains wrong options', () => {
    assert.match(run('--help').stdout, /npm run build/)
    const wrong = run('--quickly')
    assert.equal(wrong.status, 2)
    assert.match(wrong.stderr, /--quickly/)
  })
})

describe('The size of the page', () => {
  it('home and a room with charts need at most 80 KB of gzipped JavaScript', (t) => {
    const home = withImports('index.html')
    const room = withImports('src/views/room/index.tsx', new Set(home))
    t.diagnostic(`home ${gzipped(home)} bytes, with charts ${gzipped(room)} bytes`)
    assert.ok(gzipped(room) <= 80 * 1024, `${gzipped(room)}`)
    assert.ok(gzipped(home) <= 40 * 1024, `${gzipped(home)}`)
  })

  it('the page has no inline scripts and styles', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=/)
  })
})
