import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Deferred, deferNewTopics } from '../../intake/new-topics.ts'
import type { Message } from '../../intake/parse.ts'

const reading = (value: number) =>
  ({
    kind: 'reading',
    topic: 'home/attic/temperature',
    room: 'attic',
    quantity: 'temperature',
    value,
    time: null,
    at: 0,
    late: false,
  }) as Message

describe('The first reading of a topic that nobody knows', () => {
  it('waits for a claim as long as the monitor has not been told who is there, and is handed on after that', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const kept: Deferred[] = []
    let canHear = false
    const hold = deferNewTopics(
      () => true,
      async (message) => void kept.push(message),
      () => canHear,
    )
    t.after(() => hold.close())
    assert.notEqual(hold.defer(reading(20)), null)
    t.mock.timers.tick(30_000)
    assert.equal(kept.length, 0)
    canHear = true
    t.mock.timers.tick(2000)
    assert.equal(kept.length, 1)
  })
})
