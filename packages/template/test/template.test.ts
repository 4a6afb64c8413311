import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { compile, NotUnderstood, numberIn, payloadOf } from '../index.ts'

interface Line {
  source?: string
  kind?: string
  subset?: boolean
  template: string
  payload: string
  /** The text that Jinja with Home Assistant's filters renders; null: an error, or it depends on the clock. */
  renders: string | null
  /** The number that is taken; null: none. */
  reading?: number | null
}

const linesOf = (name: string): Line[] =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
/** Templates as sixteen projects emit them. */
const corpus = linesOf('value-templates.jsonl')
/** Corners of the language. */
const corners = linesOf('more-templates.jsonl')

/** @returns undefined if the template is not understood */
function rendered({ template, payload }: Pick<Line, 'template' | 'payload'>): string | null | undefined {
  try {
    return compile(template).render(payloadOf(payload))
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
}

const render = (template: string, payload: string) => rendered({ template, payload })

describe('Value templates', () => {
  it('give what Jinja gives, or are not understood', () => {
    for (const line of [...corpus, ...corners]) {
      const text = rendered(line)
      if (text !== undefined) assert.equal(text, line.renders, `${line.template} of ${line.payload}`)
    }
  })

  it('are understood in 153 of the 162 lines of the corpus, and in each numeric sensor but one', () => {
    const understood = corpus.filter((line) => rendered(line) !== undefined)
    assert.equal(understood.length, 153)
    assert.deepEqual(
      corpus.filter((line) => line.subset && rendered(line) === undefined),
      [],
    )
    const sensors = corpus.filter(({ kind }) => kind === 'sensor')
    assert.equal(sensors.filter((line) => rendered(line) === undefined).length, 1)
  })

  it('are understood in 61 of the 88 corners', () => {
    assert.equal(corners.length, 88)
    assert.equal(corners.filter((line) => rendered(line) !== undefined).length, 61)
  })

  it('give the number that the corpus expects of a sensor', () => {
    for (const line of corpus) {
      if (line.kind !== 'sensor' || !line.subset) continue
      assert.equal(numberIn(rendered(line) ?? null), line.reading ?? null, line.template)
    }
  })

  it('give no number for words, nan and an empty text', () => {
    for (const text of ['', 'None', 'nan', 'inf', 'unknown', 'unavailable', 'True', '21,5', '0x10', '1e999', '21.5 °C', null])
      assert.equal(numberIn(text), null, String(text))
    assert.equal(numberIn('-0.50'), -0.5)
  })

  it('tell why they are not understood', () => {
    const reasons = {
      "{{ value_json.constructor.constructor('return 1')() }}": /method constructor/,
      '{% for i in range(9) %}{{ i }}{% endfor %}': /block for/,
      '{% set n = 1 %}{{ n }}': /block set/,
      "{{ states('sensor.x') }}": /name states/,
      '{{ now() }}': /name now/,
      "{{ value.replace('a', 'b') }}": /method replace/,
      '{{ value | regex_replace }}': /filter regex_replace/,
      '{{ value_json.__class__ }}': /__class__/,
      '{{ value_json': /without an end/,
    }
    for (const [template, reason] of Object.entries(reasons)) assert.throws(() => compile(template), reason, template)
  })
})

describe('A hostile template', () => {
  it('reaches own properties of the payload only', () => {
    assert.equal(render('{{ value_json.constructor }}', '{}'), '')
    assert.equal(render("{{ value_json['toString'] is defined }}", '{}'), 'False')
    assert.equal(render('{{ value_json.t }}', '{"__proto__":{"t":9}}'), '')
    assert.equal(render('{{ value_json.length }}', '[1]'), '')
    assert.equal(Object.hasOwn(Object.prototype, 't'), false)
  })

  it('is refused beyond 2,000 characters, 300 steps or a depth of 32', () => {
    assert.throws(() => compile(`{{ ${'1+'.repeat(1500)}1 }}`), /2000 characters/)
    assert.throws(() => compile(`{{ ${'1+'.repeat(400)}1 }}`), /300 steps/)
    assert.throws(() => compile(`{{ ${'('.repeat(500)}1${')'.repeat(500)} }}`), /deeper than 32/)
    assert.throws(() => compile(`{{ ${'not '.repeat(100)}1 }}`), /deeper than 32/)
    assert.throws(() => compile(`{{ ${'-'.repeat(100)}1 }}`), /deeper than 32/)
    assert.throws(() => compile('{% if 1 %}'.repeat(100)), /deeper than 32/)
  })

  it('makes no large number and no long text', () => {
    assert.throws(() => compile('{{ 9**64**64 }}').render(payloadOf('')), NotUnderstood)
    assert.throws(() => compile('{{ value * 999999999 }}').render(payloadOf('x')), /.*/)
    assert.equal(render('{{ value }}', 'x'.repeat(2000)), null)
    assert.equal(render(`{{ ${'value+'.repeat(40)}value }}`, 'x'.repeat(64_000)), null)
  })

  it('ends quickly, whatever it is made of', () => {
    const alphabet = ['{{', '}}', '{%', '%}', 'if', 'value', '|', 'float', '(', ')', '-', '.', '1', "'", '[', ' ', 'is', 'not', 'endif']
    const started = process.cpuUsage().user
    let seed = 7
    for (let n = 0; n < 3000; n += 1) {
      let template = ''
      for (let length = 0; length < 60; length += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
        template += alphabet[seed % alphabet.length]
      }
      rendered({ template, payload: '{"a":1}' })
    }
    assert.ok(process.cpuUsage().user - started < 5_000_000)
  })

  it('of a payload that is deeply nested or no JSON sees no value_json', () => {
    assert.equal(render('{{ value_json is defined }}', '['.repeat(60_000)), 'False')
    assert.equal(render('{{ value_json is defined }}', '{"a":'), 'False')
    assert.equal(render('{{ value_json.a }}', 'online'), null)
  })
})
