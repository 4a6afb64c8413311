import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { takeTurns } from '../../access/turns.ts'

describe('takeTurns', () => {
  it('runs two tasks at a time, the others in the order of their calls, also after a failure', async () => {
    const inTurn = takeTurns(2)
    const started: number[] = []
    const ends: (() => void)[] = []
    const tasks = [0, 1, 2, 3, 4].map((n) =>
      inTurn(async () => {
        started.push(n)
        await new Promise<void>((resolve) => {
          ends[n] = resolve
        })
        if (n === 1) throw new Error('failed')
        return n
      }).catch(() => 'failed'),
    )
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    await turn()
    assert.deepEqual(started, [0, 1])
    ends[1]?.()
    await turn()
    assert.deepEqual(started, [0, 1, 2])
    for (let n = 0; n < 5; n++) {
      ends[n]?.()
      await turn()
    }
    assert.deepEqual(await Promise.all(tasks), [0, 'failed', 2, 3, 4])
  })
})
