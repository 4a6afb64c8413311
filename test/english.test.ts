import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { root } from './imports.ts'
import { faultOf, sentencesIn } from './sentences.ts'

/** Sentences that may stay as they are, word for word. This list only shrinks. */
const exceptions: readonly string[] = []

const written =
  '{*.md,.env.example,*.js,*.yml,Dockerfile,.ci/run,mosquitto/{acl,mosquitto.conf},{docs,packages,apps,testhouse,test,chaos,bench}/**/*.{md,ts,tsx,css},examples/**/*.{md,yaml,sh,service}}'
const files = globSync(written, { cwd: root, exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name) }).filter(
  (file) => !file.includes('zh-TW'),
)
const sentences = files.flatMap((file) => sentencesIn(file, readFileSync(`${root}/${file}`, 'utf8')))
const faults = sentences.flatMap((sentence) => {
  const fault = faultOf(sentence)
  return fault === null ? [] : [{ ...sentence, fault }]
})

describe('The English of this repository', () => {
  it('is read in comments, documents, log lines and test titles', () => {
    for (const kind of ['comment', 'document', 'log', 'title'])
      assert.ok(sentences.filter((sentence) => sentence.kind === kind).length > 100, kind)
  })

  it('begins each sentence with a noun, a name or an imperative, and ends it after 25 words at most', () => {
    const found = faults
      .filter(({ text }) => !exceptions.includes(text))
      .map(({ file, line, fault, text }) => `${file}:${line} ${fault}: ${text}`)
    assert.deepEqual(found, [])
  })

  it('has no exception that is not needed any more, and 40 at most', () => {
    assert.deepEqual(
      exceptions.filter((text) => !faults.some((sentence) => sentence.text === text)),
      [],
    )
    assert.ok(exceptions.length <= 40)
  })

  for (const [text, fault] of [
    ['What has waited: the record may have told more of the device meanwhile.', 'opener'],
    ['Nobody waits longer for the monitor than this.', 'opener'],
    ['A batch that is not the newest is treated as late: it never raises or resolves a current alert.', null],
    ['Where are my readings?', null],
    [`${'word '.repeat(25)}.`, null],
    [`${'word '.repeat(26)}.`, 'length'],
  ] as const) {
    it(`counts “${text.slice(0, 40)}…” as ${fault ?? 'plain'}`, () => {
      assert.equal(faultOf({ text }), fault)
    })
  }
})
