import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startJudge, type TestJudge } from './test-judge.ts'

const tooHot = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30, severity: 'critical' } as const

/** The alert of the kitchen was notified at second 0 and silenced from second 60 to 600. */
function silencedKitchen(t: TestContext): TestJudge {
  const judge = startJudge(t, [tooHot])
  judge.reading('kitchen', 31, 0)
  assert.deepEqual(judge.notified(), ['firing too-hot kitchen'])
  judge.change(() => void judge.store.silences.add({ room: 'kitchen', rule: null, from: 60_000, until: 600_000, comment: 'repairing' }))
  return judge
}

describe('An alert that was notified and silenced afterwards', () => {
  it('is not reported as resolved if it resolves during the silence, nor afterwards', (t) => {
    const judge = silencedKitchen(t)
    judge.reading('kitchen', 20, 300)
    judge.tick(300)
    assert.deepEqual(judge.open(), [])
    judge.tick(600)
    judge.tick(700)
    assert.deepEqual(judge.notified(), [])
  })

  it('is reported as resolved if it resolves after the silence, and is not notified as new at its end', (t) => {
    const judge = silencedKitchen(t)
    judge.reading('kitchen', 31, 590)
    judge.tick(600)
    judge.tick(610)
    assert.deepEqual(judge.notified(), [])
    judge.reading('kitchen', 20, 700)
    assert.deepEqual(judge.notified(), ['resolved too-hot kitchen'])
  })
})
