import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Rule } from '@hearthwatch/api/rule'
import { conditions } from '@hearthwatch/api/rule-bounds'
import { ruleTitle } from '@hearthwatch/api/rule-titles'
import { builtInRules } from '../../rules/builtin.ts'
import { readRule } from '../../rules/check-rule.ts'
import { readRules } from '../../rules/read-rules.ts'
import { ruleDefaults } from '../../rules/rule.ts'

const text = readFileSync(new URL('../../../../docs/alerts.md', import.meta.url), 'utf8')

/** Cells of the table that begins with this heading, row by row. */
function table(heading: string): string[][] {
  const [, lines = ''] = text.split(`${heading}\n`)
  const [rows = ''] = lines.split('\n\n')
  return rows
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

describe('docs/alerts.md', () => {
  const blocks = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, block = '']) => block)

  for (const block of blocks) {
    const given = JSON.parse(block)
    const names = [given].flat().map(({ name }: { name: string }) => name)
    it(`has rules that the monitor accepts: ${names.join(', ')}`, () => {
      const rules = Array.isArray(given) ? readRules(block) : [readRule(given)]
      assert.deepEqual(
        rules.map(({ name }) => name),
        names,
      )
    })
  }

  it('has recipes for the freezer, the greenhouse, the server cupboard and the baby’s room', () => {
    const names = blocks.join('')
    for (const name of ['freezer', 'greenhouse', 'cupboard-fan', 'baby']) assert.ok(names.includes(`"name": "${name}"`), name)
  })

  it('lists the built-in rules with their values', () => {
    const about = ({ condition, quantity, rooms }: Rule) =>
      `${condition === 'offline' ? 'devices' : quantity === undefined ? 'every quantity' : `\`${quantity}\``} in \`${rooms}\``
    const rows = builtInRules(30).map((rule) => [
      `\`${rule.name}\``,
      (['en', 'zh-TW'] as const).map((language) => ruleTitle(rule.name, undefined, language)).join(', '),
      rule.enabled ? 'yes' : 'no',
      about(rule),
      [rule.condition, rule.limit].join(' ').trim(),
      `${rule.for} s`,
      rule.severity,
      rule.repeat.join(', '),
    ])
    assert.deepEqual(table('| rule | title | on | about | condition | for | severity | repeated after (min) |'), rows)
  })

  it('lists each field of a rule with its default', () => {
    const rows = table('| field | unit | default | meaning |')
    assert.deepEqual(
      rows.map(([field]) => field),
      Object.keys(Rule.properties).map((field) => `\`${field}\``),
    )
    const given = new Map(rows.map(([field = '', , fallback]) => [field.slice(1, -1), fallback]))
    for (const [field, fallback] of Object.entries(ruleDefaults)) assert.equal(given.get(field), `\`${JSON.stringify(fallback)}\``, field)
  })

  it('lists every condition', () => {
    assert.deepEqual(
      table('| condition | met if |').map(([condition]) => condition),
      conditions.map((condition) => `\`${condition}\``),
    )
  })

  it('quotes the message of a refused rule', () => {
    const [, quoted = ''] = /names every field at once:\n\n```\n(.*)\n```/.exec(text) ?? []
    const wrong = { name: 'cellar', quantity: 'temperature', condition: 'outside', limit: 14, severity: 'loud' }
    assert.throws(
      () => readRule(wrong),
      ({ message }: Error) => message.split('; ').sort().join() === quoted.split('; ').sort().join(),
    )
  })
})
