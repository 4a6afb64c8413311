import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Draft } from '../src/views/rules/draft.ts'
import { freeTitle, idOf } from '../src/views/rules/rule-id.ts'

const draft = (title: string, name = '') => ({ title, name, quantity: 'humidity', condition: 'above' }) as Draft

describe('The id of a new rule', () => {
  it('has the letters and digits of its title', () => {
    assert.equal(idOf(draft('Bath too damp!'), []), 'bath-too-damp')
    assert.equal(idOf(draft('Küche: zu heiß'), []), 'kuche-zu-hei')
    assert.equal(idOf(draft('CO₂ 過高'), []), 'co2')
    assert.match(idOf(draft('long '.repeat(40)), []), /^[a-z0-9-]{1,64}$/)
  })

  it('is that of its template, or of what it is about, if the title has no such letters', () => {
    assert.equal(idOf(draft('浴室太濕', 'damp'), []), 'damp')
    assert.equal(idOf(draft('浴室太濕'), []), 'humidity-above')
    assert.equal(idOf(draft('2 樓'), []), 'humidity-above')
  })

  it('is never taken or reserved', () => {
    assert.equal(idOf(draft('浴室太濕', 'damp'), ['damp', 'damp-2']), 'damp-3')
    assert.equal(idOf(draft('Test'), []), 'test-2')
    assert.equal(freeTitle('Frost', ['Frost']), 'Frost 2')
  })
})
