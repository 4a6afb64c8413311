import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readRules } from '../../rules/read-rules.ts'

describe('A file of rules', () => {
  it('may begin with a byte order mark, as Windows editors write it', () => {
    const warm = { name: 'warm', condition: 'above', quantity: 'temperature', limit: 26 }
    assert.equal(readRules(`\uFEFF${JSON.stringify([warm])}`).length, 1)
  })
})
