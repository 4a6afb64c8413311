import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { completeEnv, readEnv } from '../edit-env.ts'

describe('A setting that setup writes into an env file', () => {
  it('is read as the same text, whatever characters it has', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: fc.constantFrom(...`'"\\$#\` =a\n\u2028\r`), minLength: 1 }),
    )
    fc.assert(
      fc.property(text, (value) => {
        const env = completeEnv(undefined, 'a house', [
          { name: 'FIRST', value },
          { name: 'NEXT', value: '1' },
        ])
        assert.deepEqual(readEnv(env), { FIRST: value, NEXT: '1' })
      }),
    )
  })
})
