import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare } from '../oracle.ts'

const key = (time: number, value = time / 100) => `temperature ${time} ${value}`
const nothing = new Set<string>()
const found = (taken: string[], stored: string[], destroyed: ReadonlySet<string> = nothing) => {
  const { missing, double, altered, outOfOrder, destroyed: lost, moved } = compare(taken, stored, destroyed)
  return [missing.length, double.length, altered.length, outOfOrder.length, lost, moved]
}

describe('compare', () => {
  it('readings that are stored once have no difference', () => {
    assert.deepEqual(found([key(1), key(2), key(3)], [key(1), key(2), key(3)]), [0, 0, 0, 0, 0, 0])
  })

  it('a missing reading is reported, unless it was lost with a disk', () => {
    assert.deepEqual(found([key(1), key(2), key(3)], [key(1), key(3)]), [1, 0, 0, 0, 0, 0])
    assert.deepEqual(found([key(1), key(2), key(3)], [key(1), key(3)], new Set([key(2)])), [0, 0, 0, 0, 1, 0])
  })

  it('a reading of a destroyed disk may be stored', () => {
    assert.deepEqual(found([key(1), key(2)], [key(1), key(2)], new Set([key(2)])), [0, 0, 0, 0, 0, 0])
  })

  it('a reading that is stored twice is reported, at its own time or a later one', () => {
    assert.deepEqual(found([key(1), key(2)], [key(1), key(1), key(2)]).slice(0, 2), [0, 1])
    assert.deepEqual(found([key(1, 7)], [key(1, 7), key(2, 7)]), [0, 0, 1, 0, 0, 0])
  })

  it('another value or another time counts as missing and altered', () => {
    assert.deepEqual(found([key(1, 7)], [key(1, 8)]), [1, 0, 1, 0, 0, 0])
    assert.deepEqual(found([key(1, 7)], [key(2, 7)]), [1, 0, 1, 0, 0, 0])
  })

  it('a reading may be moved only if another one has the same time', () => {
    assert.deepEqual(found([key(1, 7), key(1, 8)], [key(1, 7), key(2, 8)]), [0, 0, 0, 0, 0, 1])
  })

  it('readings in the wrong order are reported', () => {
    assert.equal(found([key(1), key(2)], [key(2), key(1)])[3], 1)
  })
})
