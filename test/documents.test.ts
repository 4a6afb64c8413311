import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'

const root = `${import.meta.dirname}/..`
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8')

/** Paths in backquotes that begin with a folder of the repository, or name a document or a test. */
const path = /`((?:apps|packages|test|docs|mosquitto|bench|\.ci)\/[^`\s{}*<>]+|[\w.-]+\.(?:md|ya?ml)|LICENSE)`/g
/** Made on the owner's machine, never committed. */
const made = /^mosquitto\/(?:passwd|certs)/

describe('the documents', () => {
  for (const document of globSync('docs/*.md', { cwd: root }).sort()) {
    it(`${document} names only files that exist`, () => {
      const named = [...read(document).matchAll(path)].map(([, file]) => file as string)
      const missing = named.filter((file) => !made.test(file) && !existsSync(`${root}/${file}`))
      assert.deepEqual(missing, [])
    })
  }

  for (const document of globSync('{,docs/}*.md', { cwd: root }).sort()) {
    it(`${document} links only to files that exist`, () => {
      const linked = [...read(document).matchAll(/\]\((?!\w+:|#)([^)#]+)/g)].map(([, file = '']) => join(root, dirname(document), file))
      assert.deepEqual(
        linked.filter((file) => !existsSync(file)),
        [],
      )
    })
  }

  for (const document of ['docs/tutorial-map.md', 'docs/delivery.md']) {
    it(`${document} quotes only titles of tests that are there`, () => {
      const quotes = [...read(document).matchAll(/`([^`]+\.test\.ts)` (“[^”]+”(?:, “[^”]+”)*)/g)]
      const titles = quotes.flatMap(([, file = '', all = '']) => [...all.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })))
      assert.ok(titles.length > 30)
      assert.deepEqual(
        titles.filter(({ file, title }) => !existsSync(`${root}/${file}`) || !read(file).includes(title)),
        [],
      )
    })
  }

  it('say of every library why it was chosen (docs/decisions.md)', () => {
    const why = read('docs/decisions.md')
    const manifests = ['package.json', ...globSync('{apps,packages}/*/package.json', { cwd: root })].map((file) => JSON.parse(read(file)))
    const libraries = manifests.flatMap(({ dependencies = {}, devDependencies = {} }) =>
      Object.keys({ ...dependencies, ...devDependencies }),
    )
    const unexplained = new Set(libraries.filter((name) => !/^@(types|hearthwatch)\//.test(name) && !why.toLowerCase().includes(name)))
    assert.deepEqual([...unexplained], [])
  })
})
