import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import manifest from '../package.json' with { type: 'json' }

const root = `${import.meta.dirname}/..`
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8')
const documents = globSync('{,docs/,examples/}*.md', { cwd: root }).sort()

/** Paths in backquotes that begin with a folder of the repository, or name a document, a source or a settings file. */
const path =
  /`((?:apps|packages|testhouse|test|docs|examples|mosquitto|bench|chaos|\.ci)\/[^`\s{}*<>]*|[\w./-]+\.(?:md|ya?ml|tsx?)|LICENSE)`/g
/** Made on the owner's machine, never committed. */
const made = /^mosquitto\/(?:passwd|certs)/

/** The files to which a text links, from the root. */
const linksIn = (document: string, text: string) =>
  [...text.matchAll(/\]\((?!\w+:|#)([^)#]+)/g)].map(([, file = '']) => join(dirname(document), file))
const isTest = (file: string) => file.endsWith('.test.ts') && existsSync(`${root}/${file}`)
const sectionOf = (document: string, heading: string) => read(document).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''

describe('the documents', () => {
  for (const document of documents) {
    it(`${document} names only files that exist, each by its path from the root`, () => {
      const named = [...read(document).matchAll(path)].map(([, file = '']) => file)
      const missing = named.filter((file) => !made.test(file) && !existsSync(`${root}/${file}`))
      assert.deepEqual(missing, [])
    })

    it(`${document} links only to files that exist`, () => {
      const missing = linksIn(document, read(document)).filter((file) => !existsSync(`${root}/${file}`))
      assert.deepEqual(missing, [])
    })

    it(`${document} names only commands that npm runs`, () => {
      const named = [...read(document).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name)
      assert.deepEqual(
        named.filter((name) => !(name in manifest.scripts)),
        [],
      )
    })
  }

  it('docs/tutorial-map.md gives each idea a topic, a file and a test', () => {
    const ideas = read('docs/tutorial-map.md')
      .split('\n## Not here yet\n')[0]
      ?.split(/\n(?=\*\*)/)
      .slice(1)
    assert.ok(ideas !== undefined && ideas.length > 25)
    for (const idea of ideas) {
      const [, topic, file, test = ''] = /\n- topic: (.+)\n- file: (.+)\n- test: ([\s\S]+)/.exec(idea) ?? []
      assert.ok(topic && file, idea)
      assert.ok(linksIn('docs/tutorial-map.md', test).some(isTest), idea)
    }
  })

  it('docs/tutorial-map.md quotes only code that is in the named file', () => {
    const quotes = [...read('docs/tutorial-map.md').matchAll(/`([\w./-]+)` \(`([^`]+)`\)/g)]
    assert.ok(quotes.length > 2)
    for (const [quote, file = '', code = ''] of quotes) assert.ok(read(file).includes(code), quote)
  })

  it('docs/delivery.md gives each fault a test', () => {
    const faults = [...sectionOf('docs/delivery.md', 'Proof').matchAll(/^\| (.+?) \| (.+) \|$/gm)].slice(1)
    assert.ok(faults.length > 20)
    for (const [, fault, tests = ''] of faults) {
      const linked = linksIn('docs/delivery.md', tests)
      assert.ok(linked.length > 0 && linked.every(isTest), fault)
    }
  })

  it('name every command that npm runs, in README.md or docs/operations.md', () => {
    const named = read('README.md') + (existsSync(`${root}/docs/operations.md`) ? read('docs/operations.md') : '')
    const unnamed = Object.keys(manifest.scripts).filter((name) => !new RegExp(`npm (run )?${name}\\b(?![:-])`).test(named))
    assert.deepEqual(unnamed, [])
  })

  it('give the reason for every library (docs/decisions.md)', () => {
    const why = read('docs/decisions.md')
    const manifests = ['package.json', ...globSync('{apps/*,packages/*,testhouse}/package.json', { cwd: root })].map((file) =>
      JSON.parse(read(file)),
    )
    const libraries = manifests.flatMap(({ dependencies = {}, devDependencies = {} }) =>
      Object.keys({ ...dependencies, ...devDependencies }),
    )
    const unexplained = new Set(libraries.filter((name) => !/^@(types|hearthwatch)\//.test(name) && !why.toLowerCase().includes(name)))
    assert.deepEqual([...unexplained], [])
  })
})
