import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare } from '../oracle.ts'

const key = (time: number, value = time / 100) => `temperature ${time} ${value}`
const nothing = new Set<string>()
const found = (taken: string[], stored: string[], destroyed: ReadonlySet<string> = nothing) => {
  const { missing, double, altered, outOfOrder, destroyed: lost, moved } = compare(taken, stored, destroyed)
  return [missing.length, double.length, altered.length, outOfOrder.length, lost, moved]
}

describe('The oracle', () => {
  it('is content where each reading is stored once', () => {
    assert.deepEqual(found([key(1), key(2), key(3)], [key(1), key(2), key(3)]), [0, 0, 0, 0, 0, 0])
  })

  it('sees what is missing, and forgives what was lost with a disk', () => {
    assert.deepEqual(found([key(1), key(2), key(3)], [key(1), key(3)]), [1, 0, 0, 0, 0, 0])
    assert.deepEqual(found([key(1), key(2), key(3)], [key(1), key(3)], new Set([key(2)])), [0, 0, 0, 0, 1, 0])
  })

  it('does not mind that something was saved after all', () => {
    assert.deepEqual(found([key(1), key(2)], [key(1), key(2)], new Set([key(2)])), [0, 0, 0, 0, 0, 0])
  })

  it('sees what is there twice, at its own time or beside it', () => {
    assert.deepEqual(found([key(1), key(2)], [key(1), key(1), key(2)]).slice(0, 2), [0, 1])
    assert.deepEqual(found([key(1, 7)], [key(1, 7), key(2, 7)]), [0, 0, 1, 0, 0, 0])
  })

  it('sees another value, and another time', () => {
    assert.deepEqual(found([key(1, 7)], [key(1, 8)]), [1, 0, 1, 0, 0, 0])
    assert.deepEqual(found([key(1, 7)], [key(2, 7)]), [1, 0, 1, 0, 0, 0])
  })

  it('lets a reading give way only to another one of the same time', () => {
    assert.deepEqual(found([key(1, 7), key(1, 8)], [key(1, 7), key(2, 8)]), [0, 0, 0, 0, 0, 1])
  })

  it('sees what lies the wrong way round', () => {
    assert.equal(found([key(1), key(2)], [key(2), key(1)])[3], 1)
  })
})
